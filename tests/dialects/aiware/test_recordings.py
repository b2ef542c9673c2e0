"""Recordings and their assets: made, filled, listed, cleaned up and deleted."""

import hashlib
import json
import time
from typing import Any

import httpx2
import pytest

from tests.dialects.aiware.speaking import Speaker
from tests.running import Running

CREATE = """mutation ($input: CreateTDO) { createTDO(input: $input) { id name startDateTime
  stopDateTime status description details isPublic } }"""
ASSET = "id name contentType assetType uri signedUri containerId fileData { size } isUserEdited"
FILL = f"mutation ($input: CreateAsset!) {{ createAsset(input: $input) {{ {ASSET} }} }}"
SEE = """query ($id: ID!) { temporalDataObject(id: $id) { id name assetCount
  assets { count records { id assetType } } primaryAsset(assetType: "media") { id }
  jobs { count records { id status } } engineRuns { records { status engine { name } } } } }"""


def made(api: Speaker, **given: Any) -> str:
    """A new recording's id."""
    times = {"startDateTime": 1574311000, "stopDateTime": "2019-11-21T05:43:20Z"}
    tdo: str = api.data(CREATE, {"input": {**times, **given}})["createTDO"]["id"]
    return tdo


def filled(api: Speaker, tdo: str, text: bytes = b"hello", **given: Any) -> Any:
    """A new asset of a recording, sent in the vendor's own form."""
    given = {"containerId": tdo, "contentType": "text/plain", "assetType": "media", **given}
    answer = api.http.post(
        "/v3/graphql",
        headers=api.headers,
        data={"query": FILL, "variables": json.dumps({"input": given}), "filename": "a.txt"},
        files={"file": ("blob", text)},
    )
    assert answer.status_code == 200, answer.text
    assert "errors" not in answer.json(), answer.text
    return answer.json()["data"]["createAsset"]


def test_times_are_taken_as_seconds_milliseconds_and_text(api: Speaker) -> None:
    given = {"startDateTime": 1574311000000, "stopDateTime": 1574315000.5, "name": "n"}
    given |= {"description": "d", "details": {"a": {"b": 1}}, "isPublic": True}

    tdo = api.data(CREATE, {"input": given})["createTDO"]

    assert tdo["startDateTime"] == "2019-11-21T04:36:40.000Z"
    assert tdo["stopDateTime"] == "2019-11-21T05:43:20.500Z"
    assert (tdo["status"], tdo["details"], tdo["isPublic"]) == ("downloaded", {"a": {"b": 1}}, True)


def test_a_file_in_the_vendors_form_becomes_an_asset(api: Speaker) -> None:
    tdo = made(api)

    asset = filled(api, tdo, b"hello there")

    assert (asset["name"], asset["contentType"], asset["assetType"]) == (
        "a.txt",
        "text/plain",
        "media",
    )
    assert asset["containerId"] == tdo
    assert asset["fileData"]["size"] == 11
    assert httpx2.get(asset["signedUri"]).content == b"hello there"
    assert httpx2.get(asset["uri"], headers=api.headers).content == b"hello there"
    assert httpx2.get(asset["uri"]).status_code == 401


def test_a_file_by_the_multipart_specification_becomes_an_asset(api: Speaker) -> None:
    tdo = made(api)
    variables = {"input": {"containerId": tdo, "file": None, "name": "b.json"}}
    answer = api.http.post(
        "/v3/graphql",
        headers=api.headers,
        data={
            "operations": json.dumps({"query": FILL, "variables": variables}),
            "map": json.dumps({"0": ["variables.input.file"]}),
        },
        files={"0": ("b.json", b"{}", "application/json")},
    )

    asset = answer.json()["data"]["createAsset"]
    assert (asset["name"], asset["contentType"]) == ("b.json", "application/json")


def test_bytes_put_to_a_signed_address_become_an_asset(api: Speaker) -> None:
    tdo = made(api)
    place = api.data('{ getSignedWritableUrl(key: "c.txt") { url getUrl unsignedUrl key } }')
    place = place["getSignedWritableUrl"]
    assert httpx2.put(place["url"], content=b"put").status_code == 200

    asset = api.data(FILL, {"input": {"containerId": tdo, "uri": place["getUrl"]}})["createAsset"]

    assert httpx2.get(asset["signedUri"]).content == b"put"
    assert asset["id"] in place["unsignedUrl"]
    several = api.data("{ getSignedWritableUrls(number: 3) { key } }")["getSignedWritableUrls"]
    assert len({each["key"] for each in several}) == 3


def test_an_asset_needs_bytes_or_an_address(api: Speaker) -> None:
    error = api.error(FILL, {"input": {"containerId": made(api)}})

    assert error["name"] == "invalid_input"
    assert error["message"] == "One of uri or file (upload) must be provided to create an asset."
    assert error["path"] == ["createAsset"]


def test_a_file_that_nothing_names_is_not_kept(server: Running, api: Speaker) -> None:
    text = b"nobody wants this"
    answer = api.http.post(
        "/v3/graphql",
        headers=api.headers,
        data={"query": "{ me { id } }"},
        files={"file": ("x", text)},
    )
    assert answer.json()["data"]["me"]
    made(api)  # is written behind the deletion
    name = hashlib.sha256(text).hexdigest()
    assert list((server.settings.data / "blobs").rglob(name)) == []


def test_several_assets_stand_in_one_role_and_one_is_primary(api: Speaker) -> None:
    tdo = made(api)
    first = filled(api, tdo, b"1")
    second = filled(api, tdo, b"2")
    filled(api, tdo, b"3", assetType="transcript")

    seen = api.data(SEE, {"id": tdo})["temporalDataObject"]
    assert seen["assetCount"] == seen["assets"]["count"] == 3
    assert [each["assetType"] for each in seen["assets"]["records"]][1:] == ["media", "media"]
    assert seen["primaryAsset"]["id"] == second["id"]

    change = """mutation ($id: ID!, $asset: ID!) { updateTDO(input: {id: $id, name: "new",
      primaryAsset: [{id: $asset, assetType: "media"}]})
      { name primaryAsset(assetType: "media") { id } } }"""
    changed = api.data(change, {"id": tdo, "asset": first["id"]})["updateTDO"]
    assert changed == {"name": "new", "primaryAsset": {"id": first["id"]}}

    typed = """query ($id: ID!) { temporalDataObject(id: $id) {
      assets(assetType: ["transcript"]) { count } all: assets(limit: 2, offset: 2) { count } } }"""
    found = api.data(typed, {"id": tdo})["temporalDataObject"]
    assert (found["assets"]["count"], found["all"]["count"]) == (1, 1)


def test_an_asset_is_deleted_and_its_links_die(api: Speaker) -> None:
    tdo = made(api)
    asset = filled(api, tdo)

    gone = api.data(f'mutation {{ deleteAsset(id: "{asset["id"]}") {{ id message }} }}')

    assert gone["deleteAsset"]["id"] == asset["id"]
    assert httpx2.get(asset["signedUri"]).status_code == 404
    assert api.data(SEE, {"id": tdo})["temporalDataObject"]["assetCount"] == 0
    error = api.error(f'{{ asset(id: "{asset["id"]}") {{ id }} }}')
    assert (error["name"], error["data"]["objectType"]) == ("not_found", "Asset")


def test_recordings_are_sorted_filtered_and_paged(api: Speaker) -> None:
    begins = [1_400_000_000, 1_400_100_000, 1_400_200_000]
    ids = [made(api, startDateTime=each, stopDateTime=each + 60) for each in begins]
    query = """query ($ids: [ID], $limit: Int, $offset: Int, $direction: OrderDirection,
        $filter: [TemporalDataObjectDateTimeFilter!]) {
      temporalDataObjects(ids: $ids, limit: $limit, offset: $offset, orderBy: startDateTime,
        orderDirection: $direction, dateTimeFilter: $filter)
      { count limit offset records { id } } }"""

    def listed(**given: Any) -> Any:
        page = api.data(query, {"ids": ids, **given})["temporalDataObjects"]
        return [each["id"] for each in page["records"]], page["count"]

    assert listed(direction="asc") == (ids, 3)
    assert listed(direction="desc", limit=2) == (ids[:0:-1], 2)
    assert listed(direction="desc", limit=2, offset=2) == ([ids[0]], 1)
    assert listed(limit=2, offset=4) == ([], 0)
    later = [{"field": "startDateTime", "fromDateTime": 1_400_100_000}]
    assert listed(direction="asc", filter=later) == (ids[1:], 2)
    later[0]["fromDateTimeExclusive"] = True
    assert listed(direction="asc", filter=later) == (ids[2:], 1)
    assert api.error(query, {"limit": 100_000})["name"] == "invalid_input"


def test_cleaning_up_takes_bytes_and_leaves_what_is_known(api: Speaker) -> None:
    tdo = made(api)
    asset = filled(api, tdo)

    done = api.data(f'mutation {{ cleanupTDO(id: "{tdo}") {{ id message }} }}')["cleanupTDO"]

    assert done["message"] == f"Data deleted from {tdo}:  storage,searchIndex"
    assert httpx2.get(asset["signedUri"]).status_code == 409
    left = api.data(f'{{ asset(id: "{asset["id"]}") {{ name signedUri fileData {{ size }} }} }}')
    assert left["asset"] == {"name": "a.txt", "signedUri": None, "fileData": {"size": 5}}


JOB = """mutation ($tdo: ID!) { createJob(input: { targetId: $tdo, name: "zanzibar",
  tasks: [{ engineId: "noop", payload: { echo: "quagga" } }] }) { id targetId } }"""


def test_results_go_when_they_are_cleaned_up_and_not_before(server: Running, api: Speaker) -> None:
    tdo = made(api)
    filled(api, tdo)
    job = api.data(JOB, {"tdo": tdo})["createJob"]["id"]
    assert api.ended(job) == "complete"
    results = f'{{ engineResults(jobId: "{job}") {{ records {{ jsondata }} }} }}'
    (record,) = api.data(results)["engineResults"]["records"]
    assert record["jsondata"]["echo"] == "quagga"
    assert record["jsondata"]["inputs"][0]["size"] == 5

    by_tdo = f'{{ engineResults(tdoId: "{tdo}", engineIds: ["noop"]) {{ records {{ jobId }} }} }}'
    assert api.data(by_tdo)["engineResults"]["records"] == [{"jobId": job}]
    alone = api.error(f'{{ engineResults(tdoId: "{tdo}") {{ records {{ jobId }} }} }}')
    assert alone["name"] == "invalid_input"

    _found(server, "quagga")
    api.data(f'mutation {{ cleanupTDO(id: "{tdo}", options: [engineResults]) {{ id }} }}')
    assert api.data(results)["engineResults"]["records"] == []
    assert search(server, "quagga") == []
    assert api.data(SEE, {"id": tdo})["temporalDataObject"]["primaryAsset"] is not None


def search(server: Running, word: str) -> list[str]:
    """The jobs that are found by a word, when the index has caught up."""
    found = server.client.get("/api/v1/search", params={"q": word}).json()
    return [str(each["id"]) for each in found["items"]]


def _found(server: Running, word: str) -> None:
    """Wait until the index has caught up."""
    until = time.monotonic() + 30
    while not search(server, word) and time.monotonic() < until:
        time.sleep(0.1)
    assert search(server, word)


def test_deleting_cancels_what_runs_and_takes_all_away(server: Running, api: Speaker) -> None:
    tdo = made(api)
    asset = filled(api, tdo, b"soon gone " * 100)
    ended = api.data(JOB.replace("quagga", "okapi"), {"tdo": tdo})["createJob"]["id"]
    assert api.ended(ended) == "complete"
    _found(server, "okapi")
    cluster = api.data(
        """mutation { createCluster(input: { name: "held", allowedEngines: ["all"],
           dockerCredentials: {}, paused: true, mediaStorage: core }) { id } }"""
    )["createCluster"]["id"]
    waiting = api.data(
        """mutation ($tdo: ID!, $cluster: ID) { createJob(input: { targetId: $tdo,
           clusterId: $cluster, tasks: [{ engineId: "noop" }] }) { id status } }""",
        {"tdo": tdo, "cluster": cluster},
    )["createJob"]
    assert waiting["status"] == "queued"

    gone = api.data(f'mutation {{ deleteTDO(id: "{tdo}") {{ message }} }}')["deleteTDO"]

    assert gone["message"] == f"TemporalDataObject {tdo} was deleted."
    assert api.ended(waiting["id"]) == "cancelled"
    assert httpx2.get(asset["signedUri"]).status_code in (404, 409)
    assert search(server, "okapi") == []
    records = api.data(f'{{ engineResults(jobId: "{ended}") {{ records {{ jsondata }} }} }}')
    assert records["engineResults"]["records"] == []
    assert api.error(SEE, {"id": tdo})["name"] == "not_found"
    assert api.error(FILL, {"input": {"containerId": tdo, "uri": "http://a.b/c"}})["name"] == (
        "not_found"
    )


def test_somebody_elses_recording_is_not_there(server: Running, api: Speaker) -> None:
    tdo = made(api)
    other = server.client.post("/api/v1/organizations", json={"name": "other"}).json()["key"]
    with Speaker(server.url, other) as stranger:
        assert stranger.error(SEE, {"id": tdo})["name"] == "not_found"
        assert stranger.error(f'mutation {{ deleteTDO(id: "{tdo}") {{ id }} }}')["name"] == (
            "not_found"
        )


@pytest.mark.parametrize("name", ["x", "0", "-1", "1.5", "99999999999999999999"])
def test_an_id_that_is_none_is_not_found(api: Speaker, name: str) -> None:
    assert api.error(SEE, {"id": name})["name"] == "not_found"


def test_content_templates_become_assets_of_their_own(api: Speaker) -> None:
    made = api.data(
        """mutation ($templates: [CreateTDOContentTemplateWithTDO!]) { createTDO(input: {
             startDateTime: 1574311000 stopDateTime: 1574315000 contentTemplates: $templates
           }) { id } }""",
        {"templates": [{"schemaId": "s1", "data": {"a": [1, "ü"]}}]},
    )["createTDO"]["id"]
    more = """mutation ($id: ID!) { updateTDO(input: {
        id: $id contentTemplates: [{schemaId: "s2" data: {b: 2}}] }) {
          assets(assetType: ["content-template"], orderDirection: asc) {
            records { contentType signedUri sourceData { schemaId schema { id dataRegistryId } } }
          } } }"""

    records = api.data(more, {"id": made})["updateTDO"]["assets"]["records"]

    assert [each["sourceData"]["schema"]["id"] for each in records] == ["s1", "s2"]
    assert len({each["sourceData"]["schema"]["dataRegistryId"] for each in records}) == 2
    assert [httpx2.get(each["signedUri"]).json() for each in records] == [
        {"a": [1, "ü"]},
        {"b": 2},
    ]


def test_a_content_template_by_an_object_that_is_not_kept_makes_no_recording(api: Speaker) -> None:
    error = api.error(
        """mutation { createTDO(input: { startDateTime: 1 stopDateTime: 2 name: "no template"
             contentTemplates: [{schemaId: "s1" sdoId: "x"}] }) { id } }"""
    )

    assert error["name"] == "not_implemented"
    assert error["data"]["field"] == "input.contentTemplates[0].data"
    listed = api.data("{ temporalDataObjects(limit: 5) { records { name } } }")
    names = {each["name"] for each in listed["temporalDataObjects"]["records"]}
    assert "no template" not in names
