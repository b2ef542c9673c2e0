"""The documentation's section on jobs, sentence by sentence."""

import sqlite3
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.dialects.innodata.curl import ENDED, Answer, Curl
from tests.dialects.innodata.people import People, email_of
from tests.serving.processes import ServerProcess

TAXONOMY = {"name": "totals", "datapoints": [{"key": "total", "label": "Total"}]}
WEEK = 7 * 24 * 3600 * 10**6


@pytest.fixture(scope="module")
def document(people: People, tmp_path_factory: pytest.TempPathFactory) -> Any:
    file = tmp_path_factory.mktemp("files") / "report.txt"
    file.write_text("Total: 1\n")
    return people.curl("ana").upload(file)


def extraction(document: Any, **fields: Any) -> dict[str, Any]:
    return {
        "type": "data-point-extraction",
        "contents": [{"role": "input", "uri": document["contents_uri"]}],
        "mapping": {"taxonomy": TAXONOMY},
        **fields,
    }


def test_a_created_job_has_a_unique_id_and_an_owner(people: People, document: Any) -> None:
    ana = people.curl("ana")
    jobs = [ana.post("/jobs", extraction(document)) for _ in range(2)]
    assert len({uuid.UUID(job["id"]) for job in jobs}) == 2
    for job in jobs:
        assert job["owner"] == {"id": people.ids["ana"], "name": "ana", "email": email_of("ana")}
        assert ana.get(f"/jobs/{job['id']}")["id"] == job["id"]
    listed = [each["id"] for each in ana.get("/jobs?limit=2")["jobs"]]
    assert listed == [job["id"] for job in reversed(jobs)]
    for job in jobs:
        assert ana("DELETE", f"/jobs/{job['id']}").response == {}
        assert ana("GET", f"/jobs/{job['id']}").status == 404


def test_the_full_list_of_job_types_and_each_ones_details(people: People) -> None:
    ana = people.curl("ana")
    types = {each["id"]: each for each in ana.get("/job-types")["job_types"]}
    assert types.keys() >= {"data-point-extraction", "indexing", "doc2xml", "pdf2xml"}
    for name, listed in types.items():
        assert ana.get(f"/job-types/{name}") == listed
    found = types["data-point-extraction"]
    assert found["steps"] == ["zoning", "mapping"]
    (needed,) = found["metadata"]["required"]
    assert needed["name"] == "mapping.taxonomy"
    defaults = {each["name"]: each["default"] for each in found["metadata"]["optional"]}
    assert defaults == {
        "mapping.high_confidence_threshold": 1,
        "zoning.high_confidence_threshold": 1,
        "text-extraction.ocr": False,
        "zoning.high_resolution_image_height": 1024,
    }
    roles = {each["role"]: each for each in found["contents"]}
    assert roles.keys() >= {"input", "output", "mapping-taxonomy-json", "mapping-json"}
    assert roles["zoning-json"]["step"] == "zoning"
    assert types["indexing"]["metadata"]["required"][0]["name"] == "indexing.taxonomy"
    assert types["doc2xml"]["steps"] == types["pdf2xml"]["steps"] == []


def test_input_and_output_are_described_in_the_job(people: People, document: Any) -> None:
    ana = people.curl("ana", test=True)
    job = ana.post("/jobs", extraction(document))
    assert job["output_content"] is None
    given = job["input_content"]
    assert (given["id"], given["name"], given["type"]) == (
        document["id"],
        "report.txt",
        "text/plain",
    )
    assert ana("GET", given["uri"]).body == b"Total: 1\n"
    done = ana.until(job["id"])
    output = done["output_content"]
    assert (output["type"], output["name"]) == ("application/xml", "document.xml")
    assert ana("GET", output["uri"]).body.startswith(b"<dom")
    again = [each for each in done["contents"] if each["role"] == "innodom-xml"]
    assert ana("GET", again[0]["uri"]).body == ana("GET", output["uri"]).body


def test_the_input_stays_what_the_job_began_with(people: People, tmp_path: Path) -> None:
    ana = people.curl("ana", test=True)
    file = tmp_path / "before.txt"
    file.write_text("Total: 1\n")
    uploaded = ana.upload(file)
    job = ana.post("/jobs", extraction(uploaded))
    changed = ana("PUT", uploaded["contents_uri"], "--data-binary", "Total: 2, and more")
    assert (changed.status, changed.response["size"]) == (200, 18)
    assert ana("GET", uploaded["contents_uri"]).body == b"Total: 2, and more"
    done = ana.until(job["id"])
    assert ana("GET", done["input_content"]["uri"]).body == b"Total: 1\n"
    assert b">1</datapoint>" in ana("GET", done["output_content"]["uri"]).body


def test_jobs_of_a_type_contain_other_contents(people: People, document: Any) -> None:
    ana = people.curl("ana")
    job = ana.post("/jobs", extraction(document))
    ana.until(job["id"], "blocked")
    contents = ana.get(f"/jobs/{job['id']}/contents")["contents"]
    roles = {each["role"]: each["uri"] for each in contents}
    assert {"input", "mapping-taxonomy-json", "text-json", "zoning-json", "page-image"} <= set(
        roles
    )
    assert not {"output", "mapping-json", "innodom-xml"} & set(roles)
    assert ana("GET", roles["mapping-taxonomy-json"]).json == TAXONOMY
    ana.post(f"/jobs/{job['id']}/cancel")


def test_the_example_of_a_team_that_works_on_all_steps(people: People, document: Any) -> None:
    admin = Curl(people.url, f"{people.admin}:")
    members = [people.ids["ben"]]
    team = admin.post("/teams", {"name": "the example's team", "members": members})
    collaboration = {"teams": [{"id": team["id"], "steps": ["*"]}], "users": []}
    ana, ben = people.curl("ana"), people.curl("ben")
    job = ana.post("/jobs", extraction(document, collaboration=collaboration))
    (shown,) = job["collaboration"]["teams"]
    assert shown == {"id": team["id"], "name": team["name"], "steps": ["*"]}
    assert job["collaboration"]["users"] == []
    ana.until(job["id"], "blocked")
    assert ben.post(f"/jobs/{job['id']}/checkout")["claimed_by"]["name"] == "ben"

    by_name = {"Teams": [{"NAME": team["name"], "Steps": ["zoning"]}]}
    changed = ana("PUT", f"/jobs/{job['id']}", body={"Collaboration": by_name}).response
    assert changed["collaboration"]["teams"][0]["steps"] == ["zoning"]
    ana("PUT", f"/jobs/{job['id']}", body={"collaboration": {}})
    assert ben("GET", f"/jobs/{job['id']}").status == 404


def test_unknown_fields_are_metadata_of_any_type(people: People, document: Any) -> None:
    ana = people.curl("ana")
    mine = {"a": None, "b": [1, {"c": 1.5}], "Ü.x": "ß", "d": {"e": {}}, "f": True}
    job = ana.post("/jobs", {**extraction(document), **mine, "metadata": {"g": "own"}})
    assert job["metadata"] == {**mine, "g": "own", "mapping": {"taxonomy": TAXONOMY}}
    body = {"b": 2, "metadata": {"f": None, "h": [None]}, "status": "completed", "id": "x"}
    changed = ana("PUT", f"/jobs/{job['id']}", body=body).response
    kept = {"a": None, "Ü.x": "ß", "d": {"e": {}}, "g": "own", "mapping": {"taxonomy": TAXONOMY}}
    assert changed["metadata"] == {**kept, "b": 2, "h": [None]}
    assert changed["status"] in ("running", "blocked")
    ana.post(f"/jobs/{job['id']}/cancel")


def test_progress_is_watched_until_a_final_status(people: People, document: Any) -> None:
    ana = people.curl("ana")
    job = ana.post("/jobs", extraction(document))["id"]
    seen = [ana.until(job, "blocked")["progress"]]
    for _ in range(2):
        ana.post(f"/jobs/{job}/checkout")
        ana.post(f"/jobs/{job}/checkin")
        seen.append(ana.until(job, "blocked", *ENDED)["progress"])
    assert seen == [{"current": done, "total": 6} for done in (2, 4, 6)]
    found = ana.get(f"/jobs/{job}")
    assert found["status"] == "completed"
    refused = ana("POST", f"/jobs/{job}/cancel")
    assert (refused.status, refused.error["code"]) == (409, "job_ended")


def test_a_cancelled_job_stays_cancelled(people: People, document: Any) -> None:
    ana = people.curl("ana")
    job = ana.post("/jobs", extraction(document))["id"]
    ana.until(job, "blocked")
    ana.post(f"/jobs/{job}/cancel")
    assert ana.until(job)["status"] == "cancelled"
    ana.post(f"/jobs/{job}/cancel")
    listed = ana.get("/jobs?status=cancelled&type=data-point-extraction&limit=1000")
    assert job in [each["id"] for each in listed["jobs"]]
    assert listed["total"] == len(listed["jobs"])
    page = ana.get("/jobs?status=cancelled,completed&limit=1&offset=1")
    assert len(page["jobs"]) == 1 < page["total"]


def test_both_versions_of_the_address_are_the_same(people: People, document: Any) -> None:
    older = Curl(people.url, f"{people.live['ana']}:", "/v1")
    uri = document["contents_uri"].replace("/v1.1/", "/v1/")
    job = older.post("/jobs", {**extraction(document), "contents": [{"uri": uri}]})
    assert job["input_content"]["uri"].startswith(f"{people.url}/v1/jobs/{job['id']}/")
    assert people.curl("ana").get(f"/jobs/{job['id']}")["id"] == job["id"]
    older("DELETE", f"/jobs/{job['id']}")


def test_one_of_many_who_check_out_at_once_wins(people: People, document: Any) -> None:
    users = [{"email": email_of(name), "steps": ["zoning"]} for name in ("ben", "cleo")]
    ana = people.curl("ana")
    job = ana.post("/jobs", extraction(document, collaboration={"users": users}))["id"]
    ana.until(job, "blocked")
    callers = [people.curl(name) for name in ("ana", "ben", "cleo")]
    start = threading.Barrier(len(callers))

    def race(caller: Curl) -> Answer:
        start.wait()
        return caller("POST", f"/jobs/{job}/checkout")

    with ThreadPoolExecutor(len(callers)) as pool:
        answers = list(pool.map(race, callers))
    assert sorted(answer.status for answer in answers) == [200, 409, 409]
    for answer in answers:
        assert answer.status == 200 or answer.error["code"] == "review_claimed"
    ana.post(f"/jobs/{job}/cancel")


def test_what_is_made_with_a_test_key_has_an_end(
    people: People, server: ServerProcess, tmp_path: Path
) -> None:
    file = tmp_path / "mine.txt"
    file.write_text("Total: 1\n")
    for test in (False, True):
        ana = people.curl("ana", test=test)
        uploaded = ana.upload(file)
        job = ana.post("/jobs", extraction(uploaded))
        assert job["test"] is test
        with sqlite3.connect(f"file:{server.data / 'jobmill.db'}?mode=ro", uri=True) as database:
            for table, ident in (("asset", uploaded["id"]), ("job", job["id"])):
                ((until, created),) = database.execute(
                    f"SELECT retain_until, created_at FROM {table} WHERE id = ?",
                    (ident,),
                )
                assert (until is not None) is test
                assert until is None or abs(until - created - WEEK) < 60 * 10**6
        database.close()
        ana("DELETE", f"/jobs/{job['id']}")
