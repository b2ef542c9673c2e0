"""A job asks people, and goes on with what they answer."""

from tests.api.reviews.conftest import DOCUMENT, Desk


def test_a_job_waits_for_its_review_and_goes_on_when_it_is_confirmed(desk: Desk) -> None:
    job, review = desk.blocked(question="Is the total right?")
    blocked = desk.see(job)
    assert (blocked["state"], blocked["wait_reason"]["code"]) == ("blocked", "review")
    assert review["step"] == "mapping"
    assert review["confidence"] == 0.4
    person = desk.admin
    assert person.document(review["id"])["points"] == DOCUMENT["points"]
    taken = person.take(review["id"])
    assert taken.status_code == 200
    assert taken.json()["mine"]["user"]["name"] == "admin"
    answered = person.answer(review["id"], "confirm")
    assert answered.status_code == 200, answered.text
    assert (answered.json()["state"], answered.json()["outcome"]) == ("answered", "confirmed")
    assert desk.server.finish(job)["state"] == "completed"
    assert desk.result(job, "write")["read"] == desk.result(job, "points")


def test_a_document_that_is_sure_of_itself_goes_on_without_people(desk: Desk) -> None:
    job = desk.server.finish(desk.job(threshold=0.3))
    assert job["state"] == "completed"
    assert "review.passed" in [each["type"] for each in desk.events(job)]
    assert desk.result(job, "write")["read"]["points"] == DOCUMENT["points"]


def test_a_doubtful_document_asks(desk: Desk) -> None:
    job, review = desk.blocked(threshold=0.5)
    assert review["state"] == "open"
    assert desk.see(job)["state"] == "blocked"


def test_an_edit_is_what_the_next_engine_reads(desk: Desk) -> None:
    job, review = desk.blocked()
    person = desk.admin
    person.take(review["id"])
    document = person.document(review["id"])
    document["points"][0]["value"] = "12.50"
    answered = person.answer(review["id"], "edit", document=document)
    assert answered.json()["outcome"] == "edited"
    assert desk.server.finish(job)["state"] == "completed"
    assert desk.result(job, "write")["read"] == document
    (change,) = person.get(f"/jobs/{job['id']}/changes")["items"]
    assert (change["path"], change["before"], change["after"]) == (
        "/points/0/value",
        "10.00",
        "12.50",
    )
    assert change["user"]["name"] == "admin"
    assert change["op"] == "replace"
