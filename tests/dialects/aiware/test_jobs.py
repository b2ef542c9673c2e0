"""Jobs: short forms, what is refused and how, cancelling, trying again, lists."""

from typing import Any

import pytest

from jobmill.core.ids import new_id
from tests.dialects.aiware.speaking import Speaker
from tests.running import MakeGate, Running

CREATE = """mutation ($input: CreateJob) { createJob(input: $input) { id status targetId clusterId
  name tasks { records { id status engineId executionPreferences { priority maxEngines
  parentCompleteBeforeStarting maxRetries } } } } }"""
WSA = "9e611ad7-2d3b-48f6-a51b-0a1ba40fe255"
SI = "8bdb0e3b-ff28-4f6e-a3ba-887bd06e6440"
TRANSCRIBE = "c0e55cde-340b-44d7-bb42-2e0d65e98255"
OW = "8eccf9cc-6b6d-4d7d-8cb3-7ebf4950c5f3"


def created(api: Speaker, **given: Any) -> Any:
    """A new job."""
    return api.data(CREATE, {"input": {"tasks": [{"engineId": "noop"}], **given}})["createJob"]


def refused(api: Speaker, **given: Any) -> Any:
    """Why a job is not made."""
    error = api.error(CREATE, {"input": {"tasks": [{"engineId": "noop"}], **given}})
    assert error["path"] == ["createJob"]
    return error


def test_tasks_without_folders_run_one_after_the_other(api: Speaker) -> None:
    first = {"engineId": "noop", "payload": {"echo": 1, "write": True}}
    job = created(api, tasks=[first, {"taskType": "noop", "payloadString": '{"echo": 2}'}])

    assert api.ended(job["id"]) == "complete"
    seen = api.data(
        f'{{ job(id: "{job["id"]}") {{ tasks {{ records {{ payload parentTaskId }} }} }} }}'
    )
    records = seen["job"]["tasks"]["records"]
    assert [each["payload"]["echo"] for each in records] == [1, 2]
    assert records[1]["parentTaskId"] == job["tasks"]["records"][0]["id"]


def test_a_target_may_have_a_status_alone(api: Speaker) -> None:
    job = created(api, target={"status": "downloaded"})

    seen = api.data(f'{{ temporalDataObject(id: "{job["targetId"]}") {{ status }} }}')
    assert seen["temporalDataObject"] == {"status": "downloaded"}
    assert job["clusterId"] is None


def test_preferences_are_kept_as_written_and_hold(server: Running, api: Speaker) -> None:
    preferences = {"priority": -100, "maxEngines": 3, "maxRetries": 2}
    preferences |= {"parentCompleteBeforeStarting": True, "dueDateTime": "2001-01-01T00:00:00Z"}
    job = created(api, tasks=[{"engineId": "noop", "executionPreferences": preferences}])

    (task,) = job["tasks"]["records"]
    del preferences["dueDateTime"]
    assert task["executionPreferences"] == preferences
    (native,) = server.client.get("/api/v1/jobs", params={"limit": 1}).json()["items"]
    assert native["due"] is None
    (inside,) = server.client.get(f"/api/v1/jobs/{native['id']}/tasks").json()["items"]
    assert inside["priority"] == 1


@pytest.mark.parametrize(
    ("given", "name", "field", "words"),
    [
        ({"tasks": []}, "invalid_input", "input.tasks", "at least one"),
        (
            {"tasks": [{"engineId": "11111111-1111-1111-1111-111111111111"}]},
            "invalid_input",
            "input.tasks[0].engineId",
            "no engine",
        ),
        ({"target": {}, "targetId": "1"}, "invalid_input", "input.target", "not both"),
        ({"targetId": "999999"}, "not_found", None, "TDO"),
        ({"clusterId": f"rt-{new_id()}"}, "not_found", None, "cluster"),
        (
            {"tasks": [{"engineId": "noop", "payload": {}, "payloadString": "{}"}]},
            "invalid_input",
            "input.tasks[0].payloadString",
            "not both",
        ),
        (
            {"tasks": [{"engineId": "noop", "payloadString": "{"}]},
            "invalid_input",
            "input.tasks[0].payloadString",
            "not valid JSON",
        ),
        (
            {"tasks": [{"engineId": WSA}]},
            "invalid_input",
            "input.tasks[0].payload.url",
            "nothing to read",
        ),
        (
            {"tasks": [{"engineId": WSA, "payload": {"url": "http://10.0.0.1/x.mp4"}}]},
            "invalid_input",
            "input.tasks[0].payload.url",
            "10.0.0.1",
        ),
        (
            {"tasks": [{"engineId": WSA, "payload": {"url": "ftp://example.com/x"}}]},
            "invalid_input",
            "input.tasks[0].payload.url",
            "http",
        ),
        (
            {"tasks": [{"engineId": WSA, "payload": {"url": "http://[::1"}}]},
            "invalid_input",
            "input.tasks[0].payload.url",
            "not a valid http",
        ),
        (
            {"tasks": [{"engineId": "noop"}, {"engineId": SI, "payload": {"ffmpegTemplate": 1}}]},
            "invalid_input",
            "input.tasks[1].payload.ffmpegTemplate",
            "is not one of",
        ),
        (
            {
                "tasks": [
                    {"engineId": "noop"},
                    {
                        "engineId": SI,
                        "payload": {"customFFMPEGProperties": {"chunkSizeInSeconds": "abc"}},
                    },
                ]
            },
            "invalid_input",
            "input.tasks[1].payload.chunkSizeInSeconds",
            "number",
        ),
        (
            {"tasks": [{"engineId": WSA, "payload": {"assetId": new_id()}}]},
            "not_found",
            "input.tasks[0].payload.assetId",
            "asset",
        ),
    ],
)
def test_a_job_that_cannot_run_is_refused_at_once(
    api: Speaker, given: dict[str, Any], name: str, field: str | None, words: str
) -> None:
    error = refused(api, **given)

    assert (error["name"], error["data"].get("field")) == (name, field)
    assert words in error["data"]["serviceMessage"]
    assert error["time_thrown"].endswith("Z")


def folder(name: str, kind: str, mode: str = "chunk") -> dict[str, str]:
    return {"referenceId": name, "type": kind, "mode": mode}


def routed(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"parentIoFolderReferenceId": a, "childIoFolderReferenceId": b} for a, b in pairs]


TWO = [
    {"engineId": "noop", "ioFolders": [folder("ai", "input"), folder("ao", "output")]},
    {"engineId": "noop", "ioFolders": [folder("bi", "input"), folder("bo", "output")]},
]


@pytest.mark.parametrize(
    ("routes", "words"),
    [
        (routed(("ao", "nowhere")), "no task has a folder 'nowhere'"),
        (routed(("nowhere", "bi")), "no task has a folder 'nowhere'"),
        (routed(("bi", "ai")), "is an input folder"),
        (routed(("ao", "bo")), "is an output folder"),
        (routed(("ao", "bi"), ("bo", "ai")), "wait for each other"),
        (routed(("ao", "bi"), ("ao", "bi")), "another route writes into this folder"),
    ],
)
def test_routes_that_lead_nowhere_are_refused(api: Speaker, routes: Any, words: str) -> None:
    error = refused(api, tasks=TWO, routes=routes)
    assert words in error["message"]


def test_a_folder_name_used_twice_is_refused(api: Speaker) -> None:
    tasks = [{"engineId": "noop", "ioFolders": [folder("a", "output"), folder("a", "input")]}]
    assert "used twice" in refused(api, tasks=tasks)["message"]


def test_a_running_job_is_cancelled_and_run_again(
    server: Running, api: Speaker, gates: MakeGate
) -> None:
    gate = gates()
    payload = {"gate": str(gate.path)}
    job = created(api, tasks=[{"engineId": "gate", "payload": payload}, {"engineId": "noop"}])
    gate.tell("")

    done = api.data(f'mutation {{ cancelJob(id: "{job["id"]}") {{ id message }} }}')["cancelJob"]

    assert done == {"id": job["id"], "message": "Job cancelled"}
    assert api.ended(job["id"]) == "cancelled"
    again = api.data(f'mutation {{ cancelJob(id: "{job["id"]}") {{ message }} }}')["cancelJob"]
    assert again == {"message": "Job cancelled"}
    gate.close()

    retried = api.data(f'mutation {{ retryJob(id: "{job["id"]}") {{ id status }} }}')["retryJob"]
    assert retried["id"] == job["id"]
    assert retried["status"] in ("queued", "running")
    again = gates()
    again.path = gate.path
    again.open()
    assert api.ended(job["id"]) == "complete"


def test_a_failed_task_says_why_in_the_vendors_words(api: Speaker, media: str) -> None:
    tasks = [{"engineId": WSA, "payload": {"url": media + ".missing"}}, {"engineId": "noop"}]
    job = created(api, tasks=[{**tasks[0], "executionPreferences": {"maxRetries": 0}}, tasks[1]])

    assert api.ended(job["id"]) == "failed"
    query = """query ($id: ID!) { job(id: $id) { tasks { records { status failureReason
      failureMessage } } } }"""
    first, second = api.data(query, {"id": job["id"]})["job"]["tasks"]["records"]
    assert first["status"] == "failed"
    assert first["failureReason"].startswith("url_")
    assert first["failureMessage"]
    assert second["status"] == "aborted"


def test_jobs_are_listed_by_what_they_are(api: Speaker) -> None:
    job = created(api, name="listed")
    assert api.ended(job["id"]) == "complete"
    query = """query ($target: ID, $engines: [ID!], $status: [JobStatusFilter!], $limit: Int) {
      jobs(targetId: $target, engineIds: $engines, status: $status, limit: $limit)
      { count limit records { id name } } }"""

    def listed(**given: Any) -> Any:
        return api.data(query, {"target": job["targetId"], **given})["jobs"]

    assert listed()["records"] == [{"id": job["id"], "name": "listed"}]
    assert listed()["limit"] == 30
    assert listed(status=["complete"])["count"] == 1
    assert listed(status=["failed", "running"])["count"] == 0
    assert listed(engines=["noop"])["count"] == 1
    assert listed(engines=[OW])["count"] == 0
    one = api.data(f'{{ jobs(id: "{job["id"]}", status: running) {{ count }} }}')
    assert one["jobs"]["count"] == 1
    assert api.error("{ jobs(limit: 1001) { count } }")["name"] == "invalid_input"


def test_several_jobs_are_cancelled_at_once(api: Speaker) -> None:
    cluster = api.data(
        """mutation { createCluster(input: { name: "rest", allowedEngines: ["all"],
           dockerCredentials: {}, paused: true, mediaStorage: core }) { id paused status } }"""
    )["createCluster"]
    assert (cluster["paused"], cluster["status"]) == (True, "paused")
    ids = [created(api, clusterId=cluster["id"])["id"] for _ in range(2)]
    assert {_status(api, each) for each in ids} == {"queued"}

    query = (
        "mutation ($ids: [ID!]!) { updateJobs(input: {ids: $ids, status: cancelled}) { count } }"
    )
    assert api.data(query, {"ids": ids})["updateJobs"]["count"] == 2
    assert {api.ended(each) for each in ids} == {"cancelled"}

    let = "mutation ($id: ID!) { unpauseCluster(input: {id: $id}) { paused } }"
    job = created(api, clusterId=cluster["id"])
    assert api.data(let, {"id": cluster["id"]})["unpauseCluster"]["paused"] is False
    assert api.ended(job["id"]) == "complete"
    gone = f'mutation {{ deleteCluster(id: "{cluster["id"]}") {{ id }} }}'
    assert api.data(gone)["deleteCluster"]["id"] == cluster["id"]
    assert api.error(f'{{ cluster(id: "{cluster["id"]}") {{ id }} }}')["name"] == "not_found"


def _status(api: Speaker, job: str) -> str:
    status: str = api.data(f'{{ job(id: "{job}") {{ status }} }}')["job"]["status"]
    return status


def test_a_cluster_lets_in_only_the_engines_it_allows(api: Speaker) -> None:
    make = """mutation ($engines: [String]!, $bypass: Boolean, $memory: String) {
      createCluster(input: { name: "strict", allowedEngines: $engines, dockerCredentials: {},
        bypassAllowedEngines: $bypass, memorySize: $memory, mediaStorage: core })
      { id allowedEngines memorySizeBytes } }"""
    strict = api.data(make, {"engines": [TRANSCRIBE]})["createCluster"]
    assert strict["allowedEngines"] == [TRANSCRIBE]
    kept_out = refused(api, clusterId=strict["id"])
    assert kept_out["data"]["field"] == "input.clusterId"
    assert "does not let the engine" in kept_out["message"]
    open_ = api.data(make, {"engines": [TRANSCRIBE], "bypass": True})["createCluster"]
    assert api.ended(created(api, clusterId=open_["id"])["id"]) == "complete"
    small = api.data(make, {"engines": ["all"], "memory": "100mb"})["createCluster"]
    assert small["memorySizeBytes"] == 100 * 2**20
    assert "memory" in refused(api, clusterId=small["id"])["message"]
    assert api.error(make, {"engines": ["all"], "memory": "much"})["name"] == "invalid_input"


def test_a_cluster_is_its_organizations(server: Running, api: Speaker) -> None:
    make = """mutation ($to: [CreateClusterCollaborator!]) { createCluster(input: { name: "ours",
      allowedEngines: ["all"], dockerCredentials: {}, collaborators: $to, mediaStorage: core })
      { id collaborators { records { organizationId } } } }"""
    mine = api.data(make)["createCluster"]["id"]
    other = server.client.post("/api/v1/organizations", json={"name": "guests"}).json()["key"]
    with Speaker(server.url, other) as guest:
        number = guest.data("{ me { organizationId } }")["me"]["organizationId"]
        assert refused(guest, clusterId=mine)["name"] == "not_found"
        shared = api.data(make, {"to": [{"organizationId": number}]})["createCluster"]
        assert shared["collaborators"]["records"] == [{"organizationId": number}]
        assert guest.ended(created(guest, clusterId=shared["id"])["id"]) == "complete"
        pause = "mutation ($id: ID!) { pauseCluster(input: {id: $id}) { id } }"
        assert guest.error(pause, {"id": shared["id"]})["name"] == "not_allowed"


LAUNCH = """mutation ($input: SingleEngineJobInput!) { launchSingleEngineJob(input: $input)
  { id targetId tasks { records { engineId payload } } } }"""


def test_one_engine_is_launched_on_an_upload(api: Speaker, media: str) -> None:
    given = {"engineId": TRANSCRIBE, "uploadUrl": media, "priority": 10}
    job = api.data(LAUNCH, {"input": given})["launchSingleEngineJob"]

    assert len(job["tasks"]["records"]) == 4
    assert api.ended(job["id"]) == "complete"
    again = {"engineId": TRANSCRIBE, "targetId": job["targetId"]}
    second = api.data(LAUNCH, {"input": again})["launchSingleEngineJob"]
    assert second["targetId"] == job["targetId"]
    assert api.ended(second["id"]) == "complete"


def test_a_launch_is_refused_where_no_template_fits(api: Speaker) -> None:
    error = api.error(LAUNCH, {"input": {"engineId": WSA, "uploadUrl": "http://a.b/c"}})
    assert error["message"] == "This engine does not specify a default single job template"
    assert api.error(LAUNCH, {"input": {"engineId": TRANSCRIBE}})["name"] == "invalid_input"
    fields = [{"fieldName": "colour", "fieldValue": "blue"}]
    given = {"engineId": TRANSCRIBE, "uploadUrl": "http://a.b/c", "fields": fields}
    assert "no field 'colour'" in api.error(LAUNCH, {"input": given})["message"]


def test_an_engine_tells_its_templates(api: Speaker) -> None:
    query = f'{{ engine(id: "{TRANSCRIBE}") {{ standaloneJobTemplates {{ type template }} }} }}'
    found = api.data(query)["engine"]["standaloneJobTemplates"]
    assert [each["type"] for each in found] == ["Upload", "Reprocess"]
    assert "{{{UPLOAD_URL}}}" in found[0]["template"]


def test_a_native_job_is_seen_here_and_one_of_here_natively(server: Running, api: Speaker) -> None:
    native = server.submit(name="native")
    server.finish(native)
    found = api.data("{ jobs(limit: 5) { records { id name targetId tasks { count } } } }")
    names = {each["name"]: each for each in found["jobs"]["records"]}
    assert names["native"]["tasks"]["count"] == 1
    assert (
        api.data(f'{{ job(id: "{names["native"]["id"]}") {{ name }} }}')["job"]["name"] == "native"
    )

    ours = created(api, name="ours")
    listed = server.client.get("/api/v1/jobs", params={"limit": 1}).json()["items"]
    assert listed[0]["name"] == "ours"
    other = ours["id"][:-1] + ("A" if ours["id"][-1] != "A" else "B")
    assert api.error(f'{{ job(id: "{other}") {{ id }} }}')["name"] == "not_found"
