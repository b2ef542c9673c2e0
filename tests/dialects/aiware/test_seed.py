"""Every GraphQL document of the documentation as it stands there, ids and address filled in."""

import io
import re
import time
import zipfile
from pathlib import Path
from typing import Any

import httpx2

from tests.dialects.aiware.speaking import Speaker
from tests.running import Running

EXAMPLES = Path(__file__).parent / "examples"
URL = "https://s3.amazonaws.com/src-veritone-tests/stage/20190505/0_40_Eric%20Knox%20BWC%20Video_40secs.mp4"


def example(name: str, **filled: str) -> str:
    """A document, with texts in it replaced."""
    text = (EXAMPLES / f"{name}.graphql").read_text(encoding="utf-8")
    for old, new in filled.items():
        assert PLACES[old] in text, old
        text = text.replace(PLACES[old], new)
    return text


PLACES = {
    "cluster": "_YOUR_CLUSTER_ID",
    "url": URL,
    "job": "19093817_Mdsq3lksrB",
    "results": "YOUR_JOB_ID",
    "tdo": "44512341",
    "exported": "431011721",
    "request": "a2efc2bb-e09f-40bf-a2bc-1d25297ac2f7",
}


def test_signing_in_is_the_one_thing_without_a_token(server: Running) -> None:
    with Speaker(server.url) as stranger:
        token = stranger.data(example("user_login"))["userLogin"]["token"]
        assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", token)

        for name in ("engine_categories", "translation_engines", "clusters", "create_cluster"):
            error = stranger.error(example(name))
            assert error["name"] == "authentication_error", name


def test_categories_of_cognition_are_listed(api: Speaker) -> None:
    records = api.data(example("engine_categories"))["engineCategories"]["records"]

    names = {each["id"]: each for each in records}
    transcription = names["67cd4dd0-2f75-445d-a6f0-2f297d6cd182"]
    assert transcription["categoryType"] == "transcript"
    assert transcription["totalEngines"] == 1
    assert {each["type"]["name"] for each in records} == {"Cognition"}


def test_translation_engines_are_listed_with_their_fields(api: Speaker) -> None:
    engines = api.data(example("translation_engines"))["engines"]

    assert engines["count"] == 1
    (engine,) = engines["records"]
    assert engine["id"] == "95c910f6-4a26-4b66-96cb-488befa86466"
    assert engine["category"] == {
        "id": "3b2b2ff8-44aa-4db4-9b71-ff96c3bf5923",
        "name": "Translate",
    }
    fields = {each["name"]: each for each in engine["fields"]}
    assert fields["target"] == {
        "name": "target",
        "type": "Picklist",
        "max": None,
        "min": None,
        "step": None,
        "info": "The language to translate into.",
        "label": "Target language",
        "defaultValue": "en",
        "options": [{"key": word, "value": word} for word in ("en", "es", "de")],
    }
    assert (fields["beam"]["type"], fields["beam"]["min"], fields["beam"]["max"]) == (
        "Number",
        1,
        8,
    )


def test_the_job_of_five_tasks_from_cluster_to_results(api: Speaker, media: str) -> None:
    cluster = api.data(example("create_cluster"))["createCluster"]["id"]
    assert cluster.startswith("rt-")
    listed = api.data(example("clusters"))["clusters"]["records"]
    assert (cluster, "myTeam1") in {(each["id"], each["name"]) for each in listed}

    job = api.data(example("create_job", cluster=cluster, url=media))["createJob"]
    assert re.fullmatch(r"\d{8}_[0-9A-Za-z]{10}", job["id"])
    assert job["clusterId"] == cluster
    assert [each["engineId"][:8] for each in job["tasks"]["records"]] == [
        "9e611ad7",
        "352556c7",
        "8bdb0e3b",
        "c0e55cde",
        "8eccf9cc",
    ]
    assert len(job["routes"]) == 4

    status = api.ended(job["id"])
    seen = api.data(example("job_status", job=job["id"]))["job"]
    assert status == "complete", seen
    assert seen["targetId"] == job["targetId"]
    assert {each["status"] for each in seen["tasks"]["records"]} == {"complete"}
    for each in seen["tasks"]["records"]:
        log = api.http.get(each["log"]["uri"], headers=api.headers)
        assert log.text == each["log"]["text"] + "\n"
        assert "attempt 1: done" in log.text
        assert api.http.get(each["log"]["uri"]).status_code == 401
        unknown = api.http.get(each["log"]["uri"].replace(job["id"], "x"), headers=api.headers)
        assert unknown.json()["errors"][0]["name"] == "not_found"

    (record,) = _results(api, job["id"])
    assert (record["tdoId"], record["engineId"]) == (
        job["targetId"],
        "c0e55cde-340b-44d7-bb42-2e0d65e98255",
    )
    words = [each["words"][0]["word"] for each in record["jsondata"]["series"]]
    starts = [each["startTimeMs"] for each in record["jsondata"]["series"]]
    assert words == [f"word{number}" for number in range(len(words))]
    assert len(words) >= 3
    assert starts == sorted(starts)
    assert 40_000 < starts[-1] < 65_000

    _exported(api, job["targetId"])


def _exported(api: Speaker, tdo: str) -> None:
    asked = api.data(example("create_export_request", exported=tdo))["createExportRequest"]
    assert (asked["status"], asked["assetUri"]) == ("incomplete", None)
    assert asked["requestorId"] == api.data("{ me { id } }")["me"]["id"]
    until = time.monotonic() + 30
    seen = asked
    while seen["status"] == "incomplete" and time.monotonic() < until:
        time.sleep(0.05)
        seen = api.data(example("export_request", request=asked["id"]))["exportRequest"]
    assert seen["status"] == "complete"
    archive = zipfile.ZipFile(io.BytesIO(httpx2.get(seen["assetUri"]).content))
    (name,) = [each for each in archive.namelist() if each.endswith(".vtt")]
    text = archive.read(name).decode()
    assert text.startswith("WEBVTT")
    assert "word0" in text

    mark = "mutation ($id: ID!) { updateExportRequest(input: {id: $id, status: downloaded}) "
    marked = api.data(mark + "{ status } }", {"id": asked["id"]})["updateExportRequest"]
    assert marked == {"status": "downloaded"}
    listed = api.data("{ exportRequests(status: [downloaded]) { count records { id } } }")
    assert {"id": asked["id"]} in listed["exportRequests"]["records"]


def _results(api: Speaker, job: str) -> Any:
    mended = example("engine_results_broken", results=job).rstrip() + "}"
    return api.data(mended)["engineResults"]["records"]


def test_the_broken_document_is_told_where_it_breaks(api: Speaker) -> None:
    answer = api.post(example("engine_results_broken"))

    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["name"] == "invalid_input"
    assert "Syntax Error" in error["message"]
    assert error["locations"][0]["line"] > 8


def test_content_is_cleaned_up_and_the_recording_deleted(api: Speaker) -> None:
    times = "startDateTime: 1574311000, stopDateTime: 1574315000"
    tdo = api.data(f"mutation {{ createTDO(input: {{ {times} }}) {{ id }} }}")["createTDO"]["id"]

    cleaned = api.data(example("cleanup_tdo", tdo=tdo))["cleanupTDO"]
    assert cleaned == {"id": tdo, "message": f"Data deleted from {tdo}:  storage,engineResults"}

    gone = api.data(example("delete_tdo", tdo=tdo))["deleteTDO"]
    assert gone == {"id": tdo, "message": f"TemporalDataObject {tdo} was deleted."}
    error = api.error(example("delete_tdo", tdo=tdo))
    assert error["message"] == "The requested object was not found"
    assert error["data"]["objectId"] == tdo
