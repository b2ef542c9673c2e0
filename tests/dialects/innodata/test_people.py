"""A job that waits for people: listed, checked out, edited, checked in, sent back."""

import time
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.dialects.innodata.curl import Curl
from tests.dialects.innodata.people import People, email_of

INVOICE = "Invoice no.: 4711\nTotal: 12.50\n"
TAXONOMY = """{"datapoints": [{"key": "number", "label": "Invoice no."},
                {"key": "total", "label": "Total"}]}"""


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory, people: People) -> str:
    folder = tmp_path_factory.mktemp("files")
    (folder / "points.json").write_text(TAXONOMY)
    (folder / "invoice.txt").write_text(INVOICE)
    ana = people.curl("ana")
    ana.upload(folder / "points.json", "application/json")
    uri: str = ana.upload(folder / "invoice.txt")["contents_uri"]
    return uri


class Office:
    """Ana's jobs, and the people with whom she shares them."""

    def __init__(self, people: People, document: str) -> None:
        self.people, self.document = people, document
        self.ana, self.ben = people.curl("ana"), people.curl("ben")

    def job(self, *steps: str, **fields: Any) -> str:
        """A job that ben may work on at these steps; its id."""
        users = [{"email": email_of("ben"), "steps": list(steps)}] if steps else []
        body = {
            "type": "data-point-extraction",
            "contents": [{"role": "input", "uri": self.document}],
            "mapping.taxonomy": "points.json",
            "collaboration": {"users": users},
            **fields,
        }
        found: str = self.ana.post("/jobs", body)["id"]
        return found

    def blocked(self, *steps: str, at: str = "zoning", **fields: Any) -> str:
        """The same, when it waits at a step."""
        if at == "mapping":
            fields = {"zoning": {"high_confidence_threshold": 0}, **fields}
        job = self.job(*steps, **fields)
        found = self.ana.until(job, "blocked")
        assert found["blocking_step"] == at
        return job


@pytest.fixture
def office(people: People, document: str) -> Office:
    return Office(people, document)


def test_a_job_blocks_twice_when_nobody_says_otherwise(office: Office) -> None:
    job = office.blocked("*")
    listed = office.ben.get("/jobs?status=blocked&blocking_task=zoning&limit=1000")["jobs"]
    assert job in [each["id"] for each in listed]
    others = office.ben.get("/jobs?status=blocked&blocking_task=mapping&limit=1000")["jobs"]
    assert job not in [each["id"] for each in others]

    taken = office.ben.post(f"/jobs/{job}/checkout")
    assert taken["claimed_by"]["email"] == email_of("ben")
    zones = office.ben("GET", f"/jobs/{job}/contents/zoning-json").json
    zones["zones"][1]["text"] = "Total: 99.99"
    saved = office.ben("PUT", f"/jobs/{job}/contents/zoning-json", body=zones)
    assert saved.status == 200, saved.body
    assert office.ben("GET", f"/jobs/{job}/contents/zoning-json").json == zones
    assert office.ana("GET", f"/jobs/{job}/contents/zoning-json").json != zones
    office.ben.post(f"/jobs/{job}/checkin")

    waiting = office.ana.until(job, "blocked")
    assert (waiting["blocking_step"], waiting["claimed_by"]) == ("mapping", None)
    office.ana.post(f"/jobs/{job}/checkout")
    points = office.ana("GET", f"/jobs/{job}/contents/mapping-json").json
    assert {"key": "total", "value": "99.99"}.items() <= points["points"][1].items()
    points["points"][1]["value"] = "12.50"
    office.ana.post(f"/jobs/{job}/checkin", {"document": points, "comment": "as printed"})

    done = office.ana.until(job)
    assert done["status"] == "completed", done
    assert (done["blocking_step"], done["claimed_by"]) == (None, None)
    output = office.ana("GET", done["output_content"]["uri"]).body
    assert b">12.50</datapoint>" in output
    assert b"Total: 99.99" in output


def test_a_checkout_is_for_one_person(office: Office) -> None:
    job = office.blocked("zoning")
    office.ben.post(f"/jobs/{job}/checkout")
    again = office.ben.post(f"/jobs/{job}/checkout", {"seconds": 3600})
    assert again["claimed_by"]["name"] == "ben"
    refused = office.ana("POST", f"/jobs/{job}/checkout")
    assert (refused.status, refused.error["code"]) == (409, "review_claimed")
    assert "ben" in refused.error["message"]
    assert office.ana("POST", f"/jobs/{job}/checkin").status == 409
    assert office.ana("PUT", f"/jobs/{job}/contents/zoning-json", body={}).status == 409
    assert office.ben.post(f"/jobs/{job}/release")["claimed_by"] is None
    assert office.ana.post(f"/jobs/{job}/checkout")["claimed_by"]["name"] == "ana"


def test_a_collaborator_checks_out_only_their_steps(office: Office) -> None:
    job = office.blocked("mapping")
    refused = office.ben("POST", f"/jobs/{job}/checkout")
    assert (refused.status, refused.error["code"]) == (403, "not_allowed")
    office.ana.post(f"/jobs/{job}/checkout")
    office.ana.post(f"/jobs/{job}/checkin")
    office.ana.until(job, "blocked")
    assert office.ben.post(f"/jobs/{job}/checkout")["blocking_step"] == "mapping"
    assert office.people.curl("cleo")("POST", f"/jobs/{job}/checkout").status == 404


def test_work_is_sent_back_with_a_comment(office: Office) -> None:
    job = office.blocked("*", at="mapping", zoning={"high_confidence_threshold": 0})
    office.ben.post(f"/jobs/{job}/checkout")
    wrong = office.ben("POST", f"/jobs/{job}/rewind", body={"step": "nonsense"})
    assert (wrong.status, wrong.error["details"]["field"]) == (400, "step")
    sent = office.ben("POST", f"/jobs/{job}/rewind", body={"step": "zones", "comment": "torn"})
    assert sent.status == 200, sent.body
    waiting = office.ana.until(job, "blocked")
    assert (waiting["blocking_step"], waiting["claimed_by"]) == ("mapping", None)
    assert office.ben("POST", f"/jobs/{job}/checkin").status == 409


def test_a_rewind_without_a_step_asks_the_people_before(office: Office) -> None:
    job = office.blocked("*")
    office.ana.post(f"/jobs/{job}/checkout")
    office.ana.post(f"/jobs/{job}/checkin")
    assert office.ana.until(job, "blocked")["blocking_step"] == "mapping"
    office.ana.post(f"/jobs/{job}/checkout")
    office.ana.post(f"/jobs/{job}/rewind")
    assert office.ana.until(job, "blocked")["blocking_step"] == "zoning"


def test_a_completed_job_is_asked_about_again(office: Office) -> None:
    fields = {
        "zoning.high_confidence_threshold": 0.5,
        "mapping": {"high_confidence_threshold": 0.5},
    }
    job = office.job(metadata=fields)
    done = office.ana.until(job)
    assert done["status"] == "completed", "both are surer than the threshold"
    again = office.ana("POST", f"/jobs/{job}/rewind", body={"step": "points"})
    assert again.status == 200, again.body
    assert office.ana.until(job)["status"] == "completed"
    assert office.ana("POST", f"/jobs/{job}/checkout").status == 409


def test_only_a_doubtful_step_blocks(office: Office) -> None:
    job = office.blocked(at="mapping", **{"mapping.high_confidence_threshold": 0.8})
    assert office.ana.get(f"/jobs/{job}")["blocking_step"] == "mapping"


@pytest.mark.parametrize("verb", ["checkout", "checkin", "release"])
def test_of_a_job_that_has_ended_nothing_is_taken(office: Office, verb: str) -> None:
    job = office.blocked("*")
    office.ben.post(f"/jobs/{job}/checkout")
    assert office.ana.post(f"/jobs/{job}/cancel")["status"] in ("running", "cancelled")
    refused = office.ben("POST", f"/jobs/{job}/{verb}")
    assert (refused.status, refused.error["code"]) == (409, "job_ended")
    found = office.ana.until(job)
    assert (found["status"], found["output_content"]) == ("cancelled", None)
    assert (found["blocking_step"], found["claimed_by"]) == (None, None)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"document": [1]}, "document"),
        ({"contents": [{"role": "mapping-json", "uri": "nowhere"}]}, "contents"),
        ({"contents": [{"role": "mapping-json"}]}, "contents.0.uri"),
        ({"contents": [{"uri": "a"}], "document": {}}, "contents"),
        ({"value": 1}, "value"),
        ({"document": {"zones": "none"}}, "document"),
        ({"document": {"zones": [{"text": "no id"}]}}, "document"),
    ],
)
def test_a_check_in_that_is_wrong_is_refused(
    office: Office, body: dict[str, Any], field: str
) -> None:
    job = office.blocked("*")
    office.ana.post(f"/jobs/{job}/checkout")
    refused = office.ana("POST", f"/jobs/{job}/checkin", body=body)
    assert (refused.status, refused.error["details"]["field"]) == (400, field)
    assert office.ana.get(f"/jobs/{job}")["claimed_by"]["name"] == "ana"


def test_an_edited_document_may_be_uploaded(office: Office, tmp_path: Path) -> None:
    job = office.blocked(at="mapping")
    office.ana.post(f"/jobs/{job}/checkout")
    points = office.ana("GET", f"/jobs/{job}/contents/mapping-json").body
    edited = tmp_path / "edited.json"
    edited.write_bytes(points.replace(b"4711", b"0815"))
    uri = office.ana.upload(edited, "application/json")["contents_uri"]
    contents = [{"role": "mapping-json", "uri": uri}]
    office.ana.post(f"/jobs/{job}/checkin", {"contents": contents})
    done = office.ana.until(job)
    assert b">0815</datapoint>" in office.ana("GET", done["output_content"]["uri"]).body


def test_a_content_that_nobody_edits_is_not_written(office: Office) -> None:
    job = office.blocked("*")
    for role in ("input", "output", "text-json", "nonsense"):
        assert office.ana("PUT", f"/jobs/{job}/contents/{role}", body={}).status == 403
    later = office.ana("PUT", f"/jobs/{job}/contents/mapping-json", body={})
    assert (later.status, later.error["code"]) == (409, "review_closed")


def test_a_test_key_skips_people(people: People, document: str) -> None:
    ana = Curl(people.url, f"{people.test['ana']}:")
    body = {
        "type": "indexing",
        "contents": [{"role": "input", "uri": document}],
        "indexing": {"taxonomy": "points.json", "high_confidence_threshold": 1},
    }
    job = ana.post("/jobs", body)
    assert job["test"] is True
    assert ana.until(job["id"])["status"] == "completed"


def test_a_rewind_takes_a_checked_out_step_away(office: Office) -> None:
    job = office.blocked("zoning")
    office.ben.post(f"/jobs/{job}/checkout")
    body = {"step": "zones", "comment": "the wrong scan"}
    rewound = office.ana("POST", f"/jobs/{job}/rewind", body=body)
    assert rewound.status == 200, rewound.body
    late = office.ben("POST", f"/jobs/{job}/checkin")
    assert late.status == 409, late.body
    assert office.ana.until(job, "blocked")["claimed_by"] is None
    events = httpx2.get(
        f"{office.people.url}/api/v1/jobs/{job}/events",
        headers={"Authorization": f"Bearer {office.people.admin}"},
    ).json()["items"]
    (told,) = [each["data"] for each in events if each["type"] == "job.rewound"]
    assert told.items() >= {"user": "ana", "comment": "the wrong scan"}.items()


def test_a_checkout_ends_by_itself_and_nothing_is_lost(office: Office) -> None:
    job = office.blocked("zoning")
    office.ben.post(f"/jobs/{job}/checkout", {"seconds": 10})
    zones = office.ben("GET", f"/jobs/{job}/contents/zoning-json").json
    zones["zones"][0]["text"] = "Invoice no.: 4712"
    until = time.monotonic() + 60
    while office.ana.get(f"/jobs/{job}")["claimed_by"] is not None:
        assert time.monotonic() < until, "the claim does not end"
        time.sleep(0.2)
    late = office.ben("POST", f"/jobs/{job}/checkin", body={"document": zones})
    assert late.status == 409
    assert late.error["code"] == "claim_expired"
    office.ana.post(f"/jobs/{job}/checkout")
    office.ana.post(f"/jobs/{job}/release")
    office.ben.post(f"/jobs/{job}/checkout")
    assert office.ben("GET", f"/jobs/{job}/contents/zoning-json").json == zones


def test_a_second_person_looks_at_what_the_first_has_made(office: Office) -> None:
    body = {
        "pipeline": "data-point-extraction",
        "input": {"asset": office.document.split("/")[-2]},
        "params": {
            "points": {"taxonomy": {"datapoints": [{"key": "total", "label": "Total"}]}},
            "zoning": {"threshold": 0},
            "mapping": {"people": 2},
        },
        "collaborators": [
            {"user": email_of(name), "steps": ["mapping"]} for name in ("ana", "ben")
        ],
    }
    headers = {"Authorization": f"Bearer {office.people.admin}"}
    made = httpx2.post(f"{office.people.url}/api/v1/jobs", json=body, headers=headers)
    assert made.status_code == 201, made.text
    job = made.json()["id"]
    office.ana.until(job, "blocked")
    office.ana.post(f"/jobs/{job}/checkout")
    points = office.ana("GET", f"/jobs/{job}/contents/mapping-json").json
    points["points"][0]["value"] = "13.00"
    again = office.ana.post(f"/jobs/{job}/checkin", {"document": points})
    assert (again["status"], again["blocking_step"]) == ("blocked", "mapping")
    assert office.ana("POST", f"/jobs/{job}/checkout").error["code"] == "answered_already"
    office.ben.post(f"/jobs/{job}/checkout")
    assert office.ben("GET", f"/jobs/{job}/contents/mapping-json").json == points
    office.ben.post(f"/jobs/{job}/checkin")
    done = office.ana.until(job)
    assert b">13.00</datapoint>" in office.ana("GET", done["output_content"]["uri"]).body
