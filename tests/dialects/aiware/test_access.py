"""Who may do what: every mutation, and every query of one thing, as nobody, as somebody who may
only read, as a colleague, and as the admin of another organization.

A new root field needs a line here; the last test fails without one.
"""

from dataclasses import dataclass
from typing import Any

import pytest

from jobmill.core.accounts import Right
from jobmill.dialects.aiware.graphql.documents import load_schema
from tests.dialects.aiware.speaking import Speaker
from tests.running import Running

TIMES = "startDateTime: 1574311000 stopDateTime: 1574315000"
READS = (
    Right.JOBS_READ,
    Right.ASSETS_READ,
    Right.ENGINES_READ,
    Right.ACCOUNTS_READ,
    Right.ENDPOINTS_READ,
)
# By its ids a call is about rows of ours: what a stranger and a colleague are told.
OF_ROWS = {
    "cancelJob": '(id: "{job}") { id }',
    "retryJob": '(id: "{job}") { id }',
    "updateJobs": '(input: { ids: ["{job}"] status: cancelled }) { count }',
    "updateCluster": '(input: { id: "{cluster}" name: "x" }) { id }',
    "pauseCluster": '(input: { id: "{cluster}" }) { id }',
    "unpauseCluster": '(input: { id: "{cluster}" }) { id }',
    "deleteCluster": '(id: "{cluster}") { id }',
    "updateTDO": '(input: { id: "{tdo}" name: "x" }) { id }',
    "cleanupTDO": '(id: "{tdo}") { id }',
    "deleteTDO": '(id: "{tdo}") { id }',
    "createAsset": '(input: { containerId: "{tdo}" uri: "http://127.0.0.1:1/x" }) { id }',
    "updateAsset": '(input: { id: "{asset}" name: "x" }) { id }',
    "deleteAsset": '(id: "{asset}") { id }',
    "createExportRequest": '(input: { tdoData: [{ tdoId: "{tdo}" }] }) { id }',
    "updateExportRequest": '(input: { id: "{export}" status: downloaded }) { id }',
    "updateFolder": '(input: { id: "{folder}" name: "x" }) { id }',
    "moveFolder": '(input: { treeObjectId: "{folder}" prevParentTreeObjectId: "{root}"'
    ' newParentTreeObjectId: "{root}" }) { id }',
    "deleteFolder": '(input: { id: "{folder}" }) { id }',
    "fileTemporalDataObject": '(input: { tdoId: "{tdo}" folderId: "{folder}" }) { id }',
    "unfileTemporalDataObject": '(input: { tdoId: "{tdo}" folderId: "{folder}" }) { id }',
    "moveTemporalDataObject": '(input: { tdoId: "{tdo}" oldFolderId: "{folder}"'
    ' newFolderId: "{root}" }) { id }',
    "unsubscribeEvent": '(id: "{subscription}") { id }',
}
# What makes something of the caller's own.
OF_ONES_OWN = {
    "createJob": '(input: { tasks: [{ engineId: "noop" }] }) { id }',
    "launchSingleEngineJob": '(input: { engineId: "c0e55cde-340b-44d7-bb42-2e0d65e98255"'
    ' uploadUrl: "http://127.0.0.1:1/x.wav" }) { id }',
    "createTDO": f"(input: {{ {TIMES} }}) {{ id }}",
    "createTDOWithAsset": f'(input: {{ {TIMES} uri: "http://127.0.0.1:1/x" }}) {{ id }}',
    "createCluster": '(input: { name: "x" allowedEngines: [] dockerCredentials: {}'
    " mediaStorage: core }) { id }",
    "createFolder": '(input: { name: "x" description: "" parentId: "{root}" }) { id }',
    "subscribeEvent": '(input: { application: "x" eventType: "job" delivery: { name: Webhook'
    ' params: { url: "http://127.0.0.1:1/x" } } })',
}
QUERIES = {
    "job": '(id: "{job}") { id }',
    "task": '(id: "{task}") { id }',
    "cluster": '(id: "{cluster}") { id }',
    "temporalDataObject": '(id: "{tdo}") { id }',
    "asset": '(id: "{asset}") { id }',
    "exportRequest": '(id: "{export}") { id }',
    "engineResults": '(jobId: "{job}") { records { engineId } }',
    "folder": '(id: "{folder}") { id }',
}
# About tokens, or answered within: see test_tokens, test_adding and test_folders.
ELSEWHERE = {
    "userLogin",
    "userLogout",
    "validateToken",
    "refreshToken",
    "addTasksToJobs",
    "createRootFolders",
}
# Folders and clusters are everybody's in an organization, and read by all of it.
SHARED = {"cluster", "folder"}
LISTS = {
    "engines",
    "engineCategories",
    "engine",
    "engineCategory",
    "event",
    "events",
    "me",
    "myRights",
    "jobs",
    "clusters",
    "temporalDataObjects",
    "exportRequests",
    "eventSubscriptions",
    "rootFolders",
    "getSignedWritableUrl",
    "getSignedWritableUrls",
}


@dataclass(frozen=True)
class World:
    """Rows of a member of our organization, and people who are not that member."""

    server: Running
    rows: dict[str, str]
    owner: str
    colleague: str
    reader: str
    stranger: str

    def error(self, token: str | None, kind: str, name: str, call: str) -> str | None:
        """The name of the error that a call is answered with."""
        for key, value in self.rows.items():
            call = call.replace(f"{{{key}}}", value)
        with Speaker(self.server.url, token) as api:
            errors = api.answer(f"{kind} {{ {name}{call} }}").get("errors")
        return None if errors is None else str(errors[0]["name"])


def member(server: Running, name: str) -> str:
    user = server.client.post("/api/v1/users", json={"name": name}).json()["id"]
    body = {"user": user, "name": name, "rights": ["*"]}
    made = server.client.post("/api/v1/keys", json=body)
    assert made.status_code == 201, made.text
    return str(made.json()["key"])


def rows_of(api: Speaker) -> dict[str, str]:
    """A recording with an asset, a job, an export and a folder of the caller's."""
    tdo = api.data(f"mutation {{ createTDO(input: {{ {TIMES} }}) {{ id }} }}")["createTDO"]["id"]
    asset = api.data(
        """mutation ($tdo: ID!) { createAsset(input: { containerId: $tdo assetType: "text"
             uri: "http://127.0.0.1:1/x.txt" }) { id } }""",
        {"tdo": tdo},
    )["createAsset"]["id"]
    job = api.data(
        """mutation ($tdo: ID!) { createJob(input: { targetId: $tdo tasks: [{ engineId: "noop" }] })
             { id tasks { records { id } } } }""",
        {"tdo": tdo},
    )["createJob"]
    api.ended(job["id"])
    export = api.data(
        """mutation ($tdo: ID!) { createExportRequest(input: { tdoData: [{ tdoId: $tdo }] })
             { id } }""",
        {"tdo": tdo},
    )["createExportRequest"]["id"]
    root = api.data("{ rootFolders { id } }")["rootFolders"][0]["id"]
    folder = api.data(
        """mutation ($root: ID!) { createFolder(input: { name: "mine" description: ""
             parentId: $root }) { id } }""",
        {"root": root},
    )["createFolder"]["id"]
    task = job["tasks"]["records"][0]["id"]
    return {"tdo": tdo, "asset": asset, "job": job["id"], "task": task, "export": export,
            "root": root, "folder": folder}  # fmt: skip


@pytest.fixture(scope="module")
def world(server: Running) -> World:
    owner = member(server, "owner of rows")
    with Speaker(server.url, owner) as api:
        rows = rows_of(api)
    with Speaker(server.url, server.key) as admin:
        cluster = admin.data(f"mutation {{ createCluster{OF_ONES_OWN['createCluster']} }}")
        subscription = admin.data(f"mutation {{ subscribeEvent{OF_ONES_OWN['subscribeEvent']} }}")
    other = server.client.post("/api/v1/organizations", json={"name": "strangers"}).json()["key"]
    return World(
        server,
        {
            **rows,
            "cluster": cluster["createCluster"]["id"],
            "subscription": subscription["subscribeEvent"],
        },
        owner,
        member(server, "colleague"),
        server.key_with(*READS),
        other,
    )


@pytest.mark.parametrize("name", OF_ROWS)
def test_rows_of_others_are_not_there_for_a_stranger(world: World, name: str) -> None:
    assert world.error(world.stranger, "mutation", name, OF_ROWS[name]) == "not_found"


@pytest.mark.parametrize("name", OF_ROWS)
def test_a_colleague_changes_nothing_of_anothers(world: World, name: str) -> None:
    told = world.error(world.colleague, "mutation", name, OF_ROWS[name])
    assert told in ("not_found", "not_allowed")


@pytest.mark.parametrize("name", [*OF_ROWS, *OF_ONES_OWN])
def test_who_may_only_read_changes_nothing(world: World, name: str) -> None:
    call = {**OF_ROWS, **OF_ONES_OWN}[name]
    # An export is results in another form.
    told = None if name == "createExportRequest" else "not_allowed"
    assert world.error(world.reader, "mutation", name, call) == told


@pytest.mark.parametrize("name", [*OF_ROWS, *OF_ONES_OWN])
def test_nobody_changes_nothing(world: World, name: str) -> None:
    call = {**OF_ROWS, **OF_ONES_OWN}[name]
    assert world.error(None, "mutation", name, call) == "authentication_error"


@pytest.mark.parametrize("name", QUERIES)
def test_one_thing_is_seen_by_those_who_may(world: World, name: str) -> None:
    def told(token: str | None) -> str | None:
        return world.error(token, "query", name, QUERIES[name])

    assert told(world.owner) is None
    assert told(world.reader) is None
    assert told(world.colleague) == (None if name in SHARED else "not_found")
    assert told(world.stranger) == "not_found"
    assert told(None) == "authentication_error"


@pytest.mark.parametrize("name", sorted(LISTS))
def test_lists_are_for_holders_of_a_token(world: World, name: str) -> None:
    calls = {
        "engine": '(id: "noop") { id }',
        "engineCategory": '(id: "67cd4dd0-2f75-445d-a6f0-2f297d6cd182") { id }',
        "event": '(id: "job.completed") { id }',
        "me": "{ id }",
        "myRights": "{ operations }",
        "rootFolders": "{ id }",
        "getSignedWritableUrl": "{ url }",
        "getSignedWritableUrls": "(number: 1) { url }",
    }
    call = calls.get(name, "{ count }")

    assert world.error(None, "query", name, call) == "authentication_error"
    assert world.error(world.stranger, "query", name, call) is None


def test_lists_hold_nothing_of_others(world: World) -> None:
    query = """{ jobs { records { id } } temporalDataObjects { records { id } }
        clusters { records { id } } exportRequests { records { id } }
        eventSubscriptions { records { id } } }"""
    with Speaker(world.server.url, world.stranger) as stranger:
        found: dict[str, Any] = stranger.data(query)
    ids = {each["id"] for page in found.values() for each in page["records"]}
    assert ids & set(world.rows.values()) == set()


def test_every_root_field_has_a_line() -> None:
    schema = load_schema({})
    assert schema.query_type is not None
    assert schema.mutation_type is not None

    assert set(schema.mutation_type.fields) == {*OF_ROWS, *OF_ONES_OWN, *ELSEWHERE}
    assert set(schema.query_type.fields) == {*QUERIES, *LISTS}
