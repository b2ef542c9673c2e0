"""Known answers, what is measured against them, and calibrations, over the native API."""

from typing import Any

import pytest

from jobmill.core.accounts import Right
from tests.running import Running

CAT, DOG = {"label": "cat"}, {"label": "dog"}


def pipeline(server: Running, name: str, **review: Any) -> str:
    """An engine to which all animals are cats, and people if something is said of them."""
    says = {"name": "look", "engine": "scribe", "params": {"document": CAT}}
    tasks: list[dict[str, Any]] = [says]
    routes: list[dict[str, Any]] = []
    if review:
        tasks.append({"name": "check", "review": {"step": "labels", **review}})
        routes.append({"from": "look", "to": "check"})
    body = {"name": name, "tasks": tasks, "routes": routes}
    assert server.client.post("/api/v1/pipelines", json=body).status_code == 201
    return name


def know(server: Running, name: str, picture: str, label: Any, **more: Any) -> dict[str, Any]:
    body = {"pipeline": name, "input": {"json": {"picture": picture}}, "label": label, **more}
    answer = server.client.post("/api/v1/ground-truths", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    assert answer.headers["location"] == made["links"]["self"]
    return made


def look(server: Running, name: str, picture: str) -> dict[str, Any]:
    body = {"pipeline": name, "input": {"json": {"picture": picture}}}
    return server.client.post("/api/v1/jobs", json=body).json()  # type: ignore[no-any-return]


def quality(server: Running, name: str, **query: Any) -> dict[str, Any]:
    answer = server.client.get(f"/api/v1/pipelines/{name}/quality", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def opened(server: Running, job: dict[str, Any]) -> str:
    """The review of a job, as soon as it is there."""
    path, headers = f"/api/v1/jobs/{job['id']}/events", {"Accept": "text/event-stream"}
    with server.client.stream("GET", path, headers=headers) as stream:
        assert any(line == "event: review.opened" for line in stream.iter_lines())
    found = server.client.get("/api/v1/reviews", params={"job": job["id"]}).json()["items"]
    return str(found[0]["id"])


def answer(server: Running, review: str, document: Any = None) -> None:
    said = {"answer": "confirm"} if document is None else {"answer": "edit", "document": document}
    server.client.post(f"/api/v1/reviews/{review}/checkout", json={})
    answered = server.client.post(f"/api/v1/reviews/{review}/answer", json=said)
    assert answered.status_code == 200, answered.text


def test_engines_are_measured_by_jobs_that_run(server: Running) -> None:
    name = pipeline(server, "measured engines")
    know(server, name, "a", CAT)
    know(server, name, "b", DOG)
    for picture in ("a", "b", "unknown"):
        assert server.finish(look(server, name, picture))["state"] == "completed"
    found = quality(server, name, by="engine", every="day")
    (scribe,) = found["subjects"]
    assert scribe["subject"].startswith("scribe@")
    assert (scribe["measured"], scribe["correct"], scribe["accuracy"]) == (2, 1, 0.5)
    assert {(c["truth"], c["given"], c["count"]) for c in scribe["confusion"]} == {
        ("cat", "cat", 1),
        ("dog", "cat", 1),
    }
    (field,) = scribe["fields"]
    assert (field["field"], field["accuracy"]) == ("/label", 0.5)
    (day,) = scribe["periods"]
    assert (day["measured"], day["score"]) == (2, 0.5)


def test_a_calibration_measures_who_answers_it(server: Running) -> None:
    name = pipeline(server, "measured people", threshold=1.0)
    truth = know(server, name, "a", DOG)
    path = f"/api/v1/pipelines/{name}/calibrations"
    (drawn,) = server.client.post(path, json={"count": 1}).json()["jobs"]
    assert drawn["truth"] == truth["number"]
    answer(server, opened(server, drawn), DOG)
    job = server.finish(drawn)
    assert (job["kind"], job["truth"]) == ("calibration", truth["number"])
    (admin,) = quality(server, name, by="person")["subjects"]
    assert (admin["name"], admin["accuracy"]) == ("admin", 1.0)
    assert admin["agreement"] == {"pairs": 0, "agreed": 0, "rate": None, "score": None}
    (engine,) = quality(server, name, by="engine")["subjects"]
    assert engine["accuracy"] == 0.0
    read = server.client.get(truth["links"]["self"]).json()
    assert read["used"] == 1


def test_who_is_no_admin_cannot_tell_a_calibration(server: Running) -> None:
    name = pipeline(server, "hidden", threshold=1.0)
    everybody = [{"user": "*", "steps": ["labels"]}]
    body: dict[str, Any] = {"pipeline": name, "input": {"json": 1}, "collaborators": everybody}
    body["callback"] = {"url": "https://example.com/done"}
    plain = server.client.post("/api/v1/jobs", json=body).json()
    know(server, name, "a", DOG)
    (drawn,) = server.client.post(
        f"/api/v1/pipelines/{name}/calibrations", json={"count": 1}
    ).json()["jobs"]
    user = server.client.post("/api/v1/users", json={"name": "looks closely"}).json()["id"]
    asked = {"user": user, "name": "k", "rights": ["*"]}
    key = server.client.post("/api/v1/keys", json=asked).json()["key"]
    theirs = {"Authorization": f"Bearer {key}"}

    def seen(**query: Any) -> list[dict[str, Any]]:
        path, asked = "/api/v1/jobs", {"type": name, **query}
        found: list[dict[str, Any]] = server.client.get(path, params=asked, headers=theirs).json()[
            "items"
        ]
        return found

    jobs = {job["number"]: job for job in seen(kind="default")}
    assert jobs.keys() == {plain["number"], drawn["number"]}
    assert seen(kind="calibration") == []
    one, other = jobs[plain["number"]], jobs[drawn["number"]]
    own = {"id", "number", "input", "links", "created_at", "updated_at", "started_at"}
    own |= {"state", "progress", "wait_reason"}
    assert {k: v for k, v in one.items() if k not in own} == {
        k: v for k, v in other.items() if k not in own
    }
    reviews = []
    for job in (plain, drawn):
        opened(server, job)
        path, asked = "/api/v1/reviews", {"job": job["id"]}
        found = server.client.get(path, params=asked, headers=theirs).json()["items"]
        reviews.append(found[0])
    own = {"id", "job", "links", "opened_at"}
    first, second = ({k: v for k, v in each.items() if k not in own} for each in reviews)
    assert first == second
    for path in ("/api/v1/ground-truths", f"/api/v1/pipelines/{name}/quality"):
        answer = server.client.get(path, headers=theirs)
        assert answer.status_code == 403 or answer.json()["items"] == []


def test_a_jobs_answer_becomes_ground_truth(server: Running) -> None:
    name = pipeline(server, "answers kept")
    job = server.finish(look(server, name, "a"))
    body = {"job": str(job["number"]), "tag": "checked"}
    made = server.client.post("/api/v1/ground-truths", json=body)
    assert made.status_code == 201, made.text
    truth = made.json()
    assert (truth["label"], truth["kind"], truth["job"]) == (
        {**CAT, "read": {"picture": "a"}},
        "engine",
        job["number"],
    )
    assert truth["input"] == job["input"]


def test_ground_truth_is_listed_in_pages_edited_and_deleted(server: Running) -> None:
    name = pipeline(server, "pages")
    made = [know(server, name, picture, CAT, tag="t")["number"] for picture in "abc"]
    page = server.client.get("/api/v1/ground-truths", params={"pipeline": name, "limit": 2}).json()
    assert [each["number"] for each in page["items"]] == [made[2], made[1]]
    rest = {"pipeline": name, "limit": 2, "cursor": page["next"]}
    last = server.client.get("/api/v1/ground-truths", params=rest).json()
    assert ([each["number"] for each in last["items"]], last["next"]) == ([made[0]], None)
    path = f"/api/v1/ground-truths/{made[0]}"
    edited = server.client.patch(path, json={"label": "x", "tag": None, "metadata": {"a": 1}})
    shown = edited.json()
    assert (shown["label"], shown["tag"], shown["metadata"]) == ("x", None, {"a": 1})
    assert server.client.delete(path).status_code == 204
    assert server.client.delete(path).status_code == 404
    assert server.client.get(path).json()["state"] == "deleted"
    deleted = server.client.get(
        "/api/v1/ground-truths", params={"pipeline": name, "state": "deleted"}
    )
    assert [each["number"] for each in deleted.json()["items"]] == [made[0]]


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 422, "pipeline"),
        ({"pipeline": "indexing"}, 422, "input"),
        ({"pipeline": "indexing", "input": {"json": 1}}, 422, "label"),
        ({"pipeline": "indexing", "input": {}, "label": 1}, 422, "input"),
        ({"pipeline": "no such", "input": {"json": 1}, "label": 1}, 404, "pipeline"),
        ({"job": "none"}, 404, None),
        ({"job": "1", "pipeline": "indexing"}, 422, "pipeline"),
        ({"label": 1, "colour": 2}, 422, "colour"),
        ({"pipeline": "x", "input": {"json": 1}, "label": "x" * 2_000_000}, 404, "pipeline"),
    ],
)
def test_what_cannot_be_kept_is_refused(
    server: Running, body: dict[str, Any], status: int, field: str | None
) -> None:
    refused = server.client.post("/api/v1/ground-truths", json=body)
    assert (refused.status_code, refused.json().get("field")) == (status, field), refused.text


@pytest.mark.parametrize("name", ["quality", "calibrations", "high quality"])
def test_a_pipeline_may_be_called_what_lies_below_it(server: Running, name: str) -> None:
    pipeline(server, name)
    assert server.client.get(f"/api/v1/pipelines/{name}").json()["name"] == name
    assert quality(server, name)["pipeline"] == name
    refused = server.client.put(f"/api/v1/pipelines/{name}/quality", json={})
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET")


def test_more_calibrations_than_truths_are_refused(server: Running) -> None:
    name = pipeline(server, "few")
    refused = server.client.post(f"/api/v1/pipelines/{name}/calibrations", json={"count": 1})
    assert (refused.status_code, refused.json()["field"]) == (422, "count")


def test_a_key_without_rights_sees_no_truth_and_no_quality(server: Running) -> None:
    name = pipeline(server, "rights")
    headers = {"Authorization": f"Bearer {server.key_with(Right.ASSETS_READ)}"}
    for path in ("/api/v1/ground-truths", f"/api/v1/pipelines/{name}/quality"):
        assert server.client.get(path, headers=headers).status_code == 403


def test_a_program_of_people_alone_is_measured_by_calibrations(server: Running) -> None:
    label = {"labels": ["cat"]}
    body = {
        "pipeline": "human-labelling",
        "input": {"json": {"picture_url": "https://pictures.example/a.jpg"}},
        "label": label,
    }
    assert server.client.post("/api/v1/ground-truths", json=body).status_code == 201
    path = "/api/v1/pipelines/human-labelling/calibrations"
    (drawn,) = server.client.post(path, json={"count": 1}).json()["jobs"]
    answer(server, opened(server, drawn), {"labels": ["dog"]})
    assert server.finish(drawn)["state"] == "completed"
    (admin,) = quality(server, "human-labelling", by="person")["subjects"]
    assert (admin["measured"], admin["correct"]) == (1, 0)
    assert quality(server, "human-labelling", by="engine")["subjects"] == []
    wrong = {**body, "label": {"labels": "cat"}}
    refused = server.client.post("/api/v1/ground-truths", json=wrong)
    assert (refused.status_code, refused.json()["field"]) == (422, "label.labels")


def test_answers_too_large_for_their_row_are_compared_as_a_whole(server: Running) -> None:
    name, long = pipeline(server, "large", threshold=1.0), {"text": "x" * 100_000}
    for picture in "ab":
        know(server, name, picture, long)
    jobs = [look(server, name, picture) for picture in "ab"]
    answer(server, opened(server, jobs[0]), long)
    answer(server, opened(server, jobs[1]), {"text": "y" * 100_000})
    for job in jobs:
        assert server.finish(job)["state"] == "completed"
    (admin,) = quality(server, name, by="person")["subjects"]
    assert (admin["measured"], admin["correct"], admin["fields"]) == (2, 1, [])
    (output,) = quality(server, name)["subjects"]
    assert (output["measured"], output["accuracy"]) == (2, 0.5)
    refused = server.client.post("/api/v1/ground-truths", json={"job": jobs[0]["id"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
