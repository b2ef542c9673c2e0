"""Answers by REST: two people, drafts, late ones, large documents, races of real threads."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.api.reviews.conftest import DOCUMENT, Desk, Person

EVERYBODY = [{"user": "*", "steps": ["*"]}]


@pytest.fixture
def ann(desk: Desk, request: pytest.FixtureRequest) -> Person:
    return desk.person(f"ann {request.node.name}")


@pytest.fixture
def ben(desk: Desk, request: pytest.FixtureRequest) -> Person:
    return desk.person(f"ben {request.node.name}")


def test_two_people_one_after_the_other(desk: Desk, ann: Person, ben: Person) -> None:
    job, review = desk.blocked(EVERYBODY, people=2, claim_seconds=60)
    assert ann.take(review["id"]).status_code == 200
    refused = ben.take(review["id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "review_claimed")
    assert ann.name in refused.json()["detail"]
    first = {**ann.document(review["id"]), "checked": True}
    kept = ann.answer(review["id"], "edit", document=first, comment="One field was missing.")
    assert (kept.json()["state"], kept.json()["answers_given"]) == ("open", 1)
    again = ann.take(review["id"])
    assert (again.status_code, again.json()["code"]) == (409, "answered_already")
    assert ben.take(review["id"], seconds=120).status_code == 200
    assert ben.document(review["id"]) == first
    assert ben.answer(review["id"], "confirm").json()["outcome"] == "edited"
    assert desk.server.finish(job)["state"] == "completed"
    assert desk.result(job, "write")["read"] == first
    changes = ben.get(f"/reviews/{review['id']}/changes")["items"]
    assert [(each["op"], each["path"], each["after"]) for each in changes] == [
        ("add", "/checked", True)
    ]
    assert [answer["comment"] for answer in ben.get(f"/reviews/{review['id']}")["answers"]] == [
        "One field was missing.",
        "",
    ]


def test_a_draft_is_its_authors_alone_and_outlives_the_claim(
    desk: Desk, ann: Person, ben: Person
) -> None:
    _, review = desk.blocked(EVERYBODY)
    path = f"/api/v1/reviews/{review['id']}/draft"
    refused = ann.client.put(path, json={"half": 1})
    assert (refused.status_code, refused.json()["code"]) == (409, "review_not_claimed")
    ann.take(review["id"])
    assert ann.client.get(path).status_code == 204
    for half in (1, 2):
        assert ann.client.put(path, json={"half": half}).status_code == 200
    ann.client.post(f"/api/v1/reviews/{review['id']}/release")
    assert ann.client.get(path).json() == {"half": 2}
    assert ben.client.get(path).status_code == 204


def test_an_edit_that_comes_too_late_is_kept_as_a_draft(desk: Desk, ann: Person) -> None:
    _, review = desk.blocked(EVERYBODY)
    ann.take(review["id"])
    house = desk.server.house
    expire = "UPDATE review_claim SET expires_at = 0 WHERE ended_at IS NULL"
    desk.server.call(house.database.write(lambda work: work.reviews._db.run(expire)))  # type: ignore[attr-defined]
    late = ann.answer(review["id"], "edit", document={"mine": True})
    assert late.status_code == 409
    # Whether the maintenance has ended the claim before or not.
    assert late.json()["code"] == "claim_expired"
    draft = ann.client.get(f"/api/v1/reviews/{review['id']}/draft")
    assert draft.json() == {"mine": True}


def test_a_large_document_goes_through(desk: Desk, ann: Person) -> None:
    job, review = desk.blocked(EVERYBODY)
    ann.take(review["id"])
    large = {**DOCUMENT, "lines": [f"line {n}" for n in range(20_000)]}
    path = f"/api/v1/reviews/{review['id']}/draft"
    assert ann.client.put(path, json=large).status_code == 200
    assert ann.client.get(path).json() == large
    assert ann.answer(review["id"], "edit", document=large).status_code == 200
    assert desk.server.finish(job)["state"] == "completed"
    assert desk.result(job, "write")["read"] == large
    assert ann.document(review["id"]) == large


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"answer": "edit"}, "document"),
        ({"answer": "confirm", "document": {}}, "document"),
        ({"answer": "edit", "document": {"total": "x"}}, "document"),
        ({"answer": "perhaps"}, "answer"),
        ({"answer": "send_back", "to": "nowhere"}, "to"),
    ],
)
def test_a_wrong_answer_is_refused_and_changes_nothing(
    desk: Desk, body: dict[str, Any], field: str
) -> None:
    form = {"properties": {"total": {"type": "number"}}}
    job, review = desk.blocked(form=form)
    desk.admin.take(review["id"])
    refused = desk.server.client.post(f"/api/v1/reviews/{review['id']}/answer", json=body)
    assert (refused.status_code, refused.json()["field"]) == (422, field), refused.text
    assert desk.see(job)["state"] == "blocked"


def test_of_many_who_check_out_at_once_one_has_it(desk: Desk) -> None:
    people = [desk.person(f"racer {n} {id(desk)}") for n in range(6)]
    _, review = desk.blocked(EVERYBODY)
    with ThreadPoolExecutor(6) as pool:
        codes = list(pool.map(lambda each: each.take(review["id"]).status_code, people))
    assert sorted(codes) == [200, 409, 409, 409, 409, 409]


def test_of_an_answer_and_a_cancel_at_once_one_wins(desk: Desk) -> None:
    for _ in range(5):
        job, review = desk.blocked()
        desk.admin.take(review["id"])
        with ThreadPoolExecutor(2) as pool:
            answer = pool.submit(desk.admin.answer, review["id"], "confirm")
            cancel = pool.submit(desk.server.client.post, f"/api/v1/jobs/{job['id']}/cancel")
            codes = {answer.result().status_code, cancel.result().status_code}
        assert codes <= {200, 202, 409}
        ended = desk.server.finish(job)
        outcome = desk.admin.get(f"/reviews/{review['id']}")["outcome"]
        assert (outcome == "confirmed") == (answer.result().status_code == 200)
        assert ended["state"] in ("cancelled", "completed")


def test_consensus_wants_most(desk: Desk, ann: Person, ben: Person) -> None:
    job, review = desk.blocked(EVERYBODY, people=3, agreement="consensus")
    for each in (ann, ben):
        assert each.take(review["id"]).status_code == 200
    assert ann.answer(review["id"], "confirm").json()["state"] == "open"
    assert ben.get(f"/reviews/{review['id']}")["answers"] == []
    assert ben.answer(review["id"], "confirm").json()["outcome"] == "confirmed"
    assert desk.server.finish(job)["state"] == "completed"


def test_lists_come_in_pages(desk: Desk) -> None:
    made = [desk.blocked(step="paged")[1]["id"] for _ in range(3)]
    found, cursor = [], None
    while True:
        query = {"step": "paged", "limit": 2, **({} if cursor is None else {"cursor": cursor})}
        page = desk.server.client.get("/api/v1/reviews", params=query).json()
        found += [each["id"] for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == made


def test_changes_come_in_pages(desk: Desk) -> None:
    job, review = desk.blocked()
    desk.admin.take(review["id"])
    document = {**desk.admin.document(review["id"]), **{f"k{n}": n for n in range(5)}}
    desk.admin.answer(review["id"], "edit", document=document)
    found, cursor = [], None
    while True:
        query = {"limit": 2, **({} if cursor is None else {"cursor": cursor})}
        page = desk.server.client.get(f"/api/v1/jobs/{job['id']}/changes", params=query).json()
        found += [each["path"] for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == [f"/k{n}" for n in range(5)]


def test_a_pipelines_review_takes_its_threshold_from_the_job(desk: Desk) -> None:
    from tests.api.reviews.conftest import graph

    said = graph()
    client = desk.server.client
    body = {"name": "asking", "tasks": said["tasks"], "routes": said["routes"]}
    assert client.post("/api/v1/pipelines", json=body).status_code == 201
    job = {"pipeline": "asking", "input": {"json": 1}, "params": {"mapping": {"threshold": 0}}}
    made = client.post("/api/v1/jobs", json=job)
    assert made.status_code == 201, made.text
    assert desk.server.finish(made.json())["state"] == "completed"
    wrong = {**job, "params": {"mapping": {"treshold": 0}}}
    refused = client.post("/api/v1/jobs", json=wrong)
    assert (refused.status_code, refused.json()["field"]) == (422, "tasks.1.review.treshold")


@pytest.mark.parametrize(
    ("tasks", "routes", "field"),
    [
        ([{"name": "r", "review": {"step": "s"}}], [], "tasks.0.review"),
        (
            [{"name": "a", "engine": "noop"}, {"name": "r", "review": {"step": "s", "people": 2}}],
            [{"from": "a", "to": "r", "mode": "stream"}],
            "tasks.1.review",
        ),
        (
            [{"name": "a", "engine": "noop"}, {"name": "r", "review": {"step": "s"}, "pool": "x"}],
            [{"from": "a", "to": "r"}],
            "tasks.1.pool",
        ),
        (
            [
                {"name": "a", "engine": "noop"},
                {"name": "r", "review": {"step": "s", "form": {"pattern": "(a+)+$"}}},
            ],
            [{"from": "a", "to": "r"}],
            "tasks.1.review.form",
        ),
        (
            [
                {"name": "a", "engine": "noop"},
                {"name": "r", "review": {"step": "s", "form": {"$ref": "http://x.example"}}},
            ],
            [{"from": "a", "to": "r"}],
            "tasks.1.review.form",
        ),
    ],
)
def test_a_review_that_cannot_be_is_refused(
    desk: Desk, tasks: list[Any], routes: list[Any], field: str
) -> None:
    body = {"tasks": tasks, "routes": routes, "input": {"json": 1}}
    refused = desk.server.client.post("/api/v1/jobs", json=body)
    assert (refused.status_code, refused.json()["field"]) == (422, field), refused.text
