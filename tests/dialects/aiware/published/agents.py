"""Runs in the environment of the vendor's packages: every call of the generated client of
`veri-agents-aiware`, as it was published, against a server. Prints which calls were made.

Environment: SERVER, VERITONE_API_KEY, MEDIA (the address of a sound file).
"""

import asyncio
import importlib.util
import json
import os
import sys
import time
import types
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import httpx

# The package's own __init__ imports a language model's libraries, which the client never uses.
_found = importlib.util.find_spec("veri_agents_aiware")
_package = types.ModuleType("veri_agents_aiware")
_package.__path__ = list(_found.submodule_search_locations)
sys.modules["veri_agents_aiware"] = _package

from aiware.client._base.base_model import Upload  # noqa: E402
from aiware.client._base.exceptions import (  # noqa: E402
    GraphQLClientGraphQLMultiError,
    GraphQLClientHttpError,
)
from aiware.common.auth import EnvAuth  # noqa: E402
from aiware.common.schemas import JSONData  # noqa: E402
from veri_agents_aiware.aiware_client.async_client import AsyncAgentsAiware  # noqa: E402
from veri_agents_aiware.aiware_client.client import AgentsAiware  # noqa: E402
from veri_agents_aiware.aiware_client.client_generated.client_ref import BaseAiware  # noqa: E402
from veri_agents_aiware.aiware_client.client_generated.enums import (  # noqa: E402
    JobStatusFilter,
    OrderDirection,
    TaskStatus,
    TemporalDataObjectDateTimeField,
    TemporalDataObjectOrderBy,
)

SERVER = os.environ["SERVER"]
TRANSCRIPTION = "c0e55cde-340b-44d7-bb42-2e0d65e98255"
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
CREATE_TDO = """
mutation ($name: String!, $templates: [CreateTDOContentTemplateWithTDO!]) {
  createTDO(input: {startDateTime: 1574311000, stopDateTime: 1574315000, name: $name,
                    contentTemplates: $templates}) { id }
}
"""
UPLOAD = """
mutation ($id: ID!, $file: UploadedFile!) {
  createAsset(input: {containerId: $id, file: $file, assetType: "media"}) { id uri contentType }
}
"""
TEMPLATE = {"schemaId": "9f8a5f1c-0d5f-4b3c-8d6c-6f1a2b3c4d5e", "data": {"case": "A 7"}}
# Neither a job, nor a TDO, nor an asset: nothing of ours answers to them.
NOT_SERVED: dict[str, tuple[Any, ...]] = {
    "get_libraries": (),
    "get_library_engine_models": ("1",),
    "get_entities": (),
    "get_mentions": (),
    "get_mentions_with_engine_results": (),
    "get_watchlists": (),
    "get_schema_json": ("1",),
}


class Watched(AgentsAiware):
    """The published client; notes which of its operations are sent."""

    sent: ClassVar[set[str]] = set()

    def execute(self, query: str, operation_name: str | None = None, *more: Any, **named: Any):
        Watched.sent.add(sys._getframe(1).f_code.co_name)
        return super().execute(query, operation_name, *more, **named)


client = Watched(base_url=SERVER, auth=EnvAuth())
client.http_client.timeout = 60


def data(query: str, **variables: Any) -> Any:
    """What a document of ours gives, sent by the published client."""
    return client.get_data(client.execute(query, variables=variables))


def refused(call: Callable[[], Any], kind: type[Exception]) -> str:
    """What a call is refused with."""
    try:
        call()
    except kind as refusal:
        return str(refusal)
    raise AssertionError(f"{call} was not refused")


def ended(job: Any, seconds: float = 120) -> str:
    """How a job ended, polled as the package's own programs do."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        page = client.jobs_for_tdo(job.targetId, limit=1000, offset=0).temporalDataObject.jobs
        status = next(each.status for each in page.records if each.id == job.id)
        if status in (TaskStatus.complete, TaskStatus.failed, TaskStatus.cancelled):
            return status.value
        time.sleep(0.1)
    raise AssertionError(f"{job} did not end")


def recording(name: str, suffix: str = "wav", kind: str = "audio/wav") -> str:
    """A TDO with the sound as its media, sent as a file."""
    tdo = data(CREATE_TDO, name=name, templates=[TEMPLATE])["createTDO"]["id"]
    path = Path(f"sound.{suffix}")
    path.write_bytes(httpx.get(os.environ["MEDIA"]).content)
    with path.open("rb") as file:
        made = data(UPLOAD, id=tdo, file=Upload(path.name, file, kind))["createAsset"]
    assert made["contentType"] == kind, made
    return tdo


def jobs(tdo: str) -> None:
    """Every job that the package can ask for."""
    chunks = JSONData(
        value={"ffmpegTemplate": "audio", "customFFMPEGProperties": {"chunkSizeInSeconds": "20"}}
    )
    nothing = JSONData(value={})
    asked = [
        client.create_media_processing_job(tdo, "media", TRANSCRIPTION, chunks, nothing),
        client.create_processing_job(tdo, "whole", TRANSCRIPTION, JSONData(value={"a": 1})),
        client.create_sglang_image_job(TRANSCRIPTION, tdo, "picture", JSONData(value={"p": "x"})),
        client.create_sglang_video_job(TRANSCRIPTION, tdo, "video", nothing),
        client.create_ome_video_job(TRANSCRIPTION, tdo, "ome", nothing),
    ]
    every = [each.createJob for each in asked]
    assert [each.targetId for each in every] == [tdo] * 5
    assert client.count_active_jobs_for_engine().jobs.count == 1
    ends = {each.id: ended(each) for each in every}
    assert set(ends.values()) == {"complete"}, ends
    active = [JobStatusFilter.pending, JobStatusFilter.queued, JobStatusFilter.running]
    assert client.count_active_jobs_for_engine([TRANSCRIPTION], active).jobs.count == 0
    done = client.count_active_jobs_for_engine([TRANSCRIPTION], [JobStatusFilter.complete])
    assert done.jobs.count == 1
    first = client.jobs_for_tdo(tdo, limit=2).temporalDataObject.jobs
    names = [each.name for each in first.records]
    assert (first.count, names) == (2, ["ome", "video"]), first


def assets(tdo: str) -> None:
    """Assets made, listed, read and deleted."""
    said = refused(lambda: client.create_asset("text", tdo, "n"), GraphQLClientGraphQLMultiError)
    assert "One of uri or file (upload) must be provided" in said, said
    form = {
        "query": "mutation CreateAsset($assetType: String!, $containerId: ID!, $name: String) {"
        " createAsset(input: {assetType: $assetType, containerId: $containerId, name: $name})"
        " { id name } }",
        "variables": json.dumps({"assetType": "text", "containerId": tdo, "name": "note"}),
    }
    answer = httpx.post(
        f"{SERVER}/v3/graphql",
        headers={"Authorization": f"Bearer {os.environ['VERITONE_API_KEY']}"},
        data=form,
        files={"file": ("note.json", b'{"a": 1}', "application/json")},
    ).json()
    note = answer["data"]["createAsset"]
    assert note["name"] == "note", answer
    told = client.delete_asset(note["id"]).deleteAsset
    assert told.id == note["id"]
    again = refused(lambda: client.delete_asset(note["id"]), GraphQLClientGraphQLMultiError)
    assert "not found" in again, again


def recordings(tdo: str) -> None:
    """TDOs listed in every way, with what hangs on them."""
    now = datetime.now(UTC)
    created = TemporalDataObjectDateTimeField.createdDateTime
    listed = client.get_tdos_with_assets(
        fromDateTime=now - DAY,
        toDateTime=now + DAY,
        dateTimeFilterField=created,
        orderBy=TemporalDataObjectOrderBy.createdDateTime,
        orderDirection=OrderDirection.desc,
        limit=10,
        offset=0,
    ).temporalDataObjects.records
    assert tdo in {each.id for each in listed}
    bare = client.get_tdos_with_assets(fromDateTime=NEVER).temporalDataObjects.records
    assert tdo in {each.id for each in bare}
    (one,) = client.get_tdos_by_id_with_assets(ids=[tdo]).temporalDataObjects.records
    kinds = {each.assetType for each in one.assets.records}
    assert {"media", "vtn-standard"} <= kinds, kinds
    written = next(each for each in one.assets.records if each.assetType == "vtn-standard")
    assert written.sourceData.engine.category.categoryType == "transcript", written
    found = httpx.get(written.signedUri).json()
    assert found["series"][0]["words"][0]["word"] == "word0", found
    assert one.primaryAsset.contentType == "audio/wav"
    recent = client.get_recent_tdos(now - DAY, now + DAY).temporalDataObjects.records
    assert tdo in {each.id for each in recent}
    assert client.get_recent_tdos(now + DAY, now + 2 * DAY).temporalDataObjects.records == []
    meta = client.rag_get_td_os_meta([tdo, "999999"], 2).temporalDataObjects.records
    assert [each.id for each in meta] == [tdo]
    content = client.rag_get_tdo_content(tdo).temporalDataObject
    assert {each.assetType for each in content.assets.records} == kinds
    (template,) = content.contentTemplateAssets.records
    assert template.sourceData.schema_.id == TEMPLATE["schemaId"], template
    assert httpx.get(template.signedUri).json() == TEMPLATE["data"]
    missing = refused(lambda: client.rag_get_tdo_content("999999"), GraphQLClientGraphQLMultiError)
    assert "not found" in missing, missing


def folders(tdo: str) -> None:
    """A folder below the root, a TDO filed in it, both seen from all sides."""
    root = client.get_root_folders().rootFolders[0]
    made = data(
        'mutation ($root: ID!) { createFolder(input: {name: "match", parentId: $root,'
        ' description: "", rootFolderType: cms}) { id } }',
        root=root.id,
    )["createFolder"]
    data(
        "mutation ($tdo: ID!, $folder: ID!) { fileTemporalDataObject(input: {tdoId: $tdo,"
        " folderId: $folder}) { id } }",
        tdo=tdo,
        folder=made["id"],
    )
    above = client.get_folder(root.id).folder
    assert made["id"] in {each.id for each in above.childFolders.records}, above
    seen = client.get_folder(made["id"], limit=5, offset=0, tdoLimit=10).folder
    assert (seen.name, seen.parent.id) == ("match", root.id), seen
    (child,) = seen.childTDOs.records
    assert (child.id, child.primaryAsset.contentType) == (tdo, "audio/wav"), child
    (meta,) = client.rag_get_td_os_meta([tdo], 1).temporalDataObjects.records
    assert [each.id for each in meta.folders[0].folderPath] == [root.id], meta
    missing = refused(partial(client.get_folder, "1"), GraphQLClientGraphQLMultiError)
    assert "not found" in missing, missing


async def at_once(tdo: str) -> None:
    """The asynchronous client, several calls at a time."""
    async with AsyncAgentsAiware(base_url=SERVER, auth=EnvAuth()) as several:
        several.http_client.timeout = 60
        found = await asyncio.gather(
            several.get_viewer(),
            several.get_tdos_by_id_with_assets(ids=[tdo]),
            several.jobs_for_tdo(tdo),
        )
    assert "job.create" in found[0].myRights.operations
    assert found[1].temporalDataObjects.records[0].id == tdo
    assert found[2].temporalDataObject.jobs.count == 5


def main() -> None:
    """Make every call."""
    viewer = client.get_viewer()
    assert viewer.me.organizationId
    assert viewer.me.roles[0].appName
    tdo = recording("sound")
    jobs(tdo)
    assets(tdo)
    recordings(tdo)
    folders(tdo)
    asyncio.run(at_once(tdo))
    for name, given in NOT_SERVED.items():
        refused(partial(getattr(client, name), *given), GraphQLClientHttpError)
    own = set(vars(AgentsAiware)) - set(vars(BaseAiware))
    every = {name for name in own if not name.startswith("_")}
    print(json.dumps({"every": sorted(every), "sent": sorted(Watched.sent & every)}))


main()
