"""Batches, bulk actions and search, through the native API."""

from typing import Any

import pytest

from tests.api.test_steering import until
from tests.running import Running

NOOP = {"tasks": [{"name": "a", "engine": "noop"}]}


def post(server: Running, path: str, **body: Any) -> dict[str, Any]:
    answer = server.client.post(f"/api/v1/{path}", json=body or None)
    assert answer.status_code in (200, 201, 202), answer.text
    shown: dict[str, Any] = answer.json()
    return shown


def number_of_jobs(server: Running) -> int:
    return len(server.client.get("/api/v1/jobs", params={"limit": 1000}).json()["items"])


def rows(count: int) -> list[dict[str, Any]]:
    return [{"input": {"json": n}, "metadata": {"n": n}} for n in range(count)]


def test_a_batch_is_made_whole_and_tells_how_far_it_is(server: Running) -> None:
    template = {**NOOP, "tags": ["march"], "metadata": {"by": "me"}}
    made = post(server, "batches", name="March", template=template, rows=rows(12))
    assert (made["name"], made["size"], sum(made["counts"].values())) == ("March", 12, 12)
    jobs = server.client.get("/api/v1/jobs", params={"batch": made["id"]}).json()["items"]
    assert [job["metadata"] for job in jobs] == [{"by": "me", "n": n} for n in range(11, -1, -1)]
    assert {tuple(job["tags"]) for job in jobs} == {("march",)}
    for job in jobs:
        server.finish(job)
    ended = server.client.get(f"/api/v1/batches/{made['number']}").json()
    assert (ended["percent"], ended["ended"], ended["counts"]) == (100, 12, {"completed": 12})


def test_a_batch_of_whole_jobs_may_differ(idle: Running) -> None:
    jobs = [{**NOOP, "input": {"json": 1}}, {**NOOP, "input": {"json": 2}, "parked": True}]
    made = post(idle, "batches", jobs=jobs)
    assert made["counts"] == {"queued": 1, "parked": 1}
    listed = idle.client.get("/api/v1/batches", params={"limit": 1}).json()
    assert [each["id"] for each in listed["items"]] == [made["id"]]


def test_a_batch_with_one_wrong_row_is_no_batch(idle: Running) -> None:
    before = number_of_jobs(idle), len(idle.client.get("/api/v1/batches").json()["items"])
    wrong = [*rows(3), {"input": {"path": "not-there.mp4"}}]
    answer = idle.client.post("/api/v1/batches", json={"template": NOOP, "rows": wrong})
    assert (answer.status_code, answer.json()["field"]) == (422, "rows.3.input.path")
    assert "rows.3" in answer.json()["detail"]
    after = number_of_jobs(idle), len(idle.client.get("/api/v1/batches").json()["items"])
    assert before == after


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"template": NOOP},
        {"jobs": [], "rows": rows(1)},
        {"jobs": [{**NOOP, "input": {"json": 1}}], "template": NOOP, "rows": rows(1)},
        {"template": {**NOOP, "input": {"json": 1}}, "rows": rows(1)},
        {"template": NOOP, "rows": rows(1) * 10_001},
    ],
)
def test_a_batch_that_makes_no_sense_is_refused(idle: Running, body: dict[str, Any]) -> None:
    answer = idle.client.post("/api/v1/batches", json=body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"]


def test_a_batch_is_cancelled_by_a_job_of_the_platform(idle: Running) -> None:
    made = post(idle, "batches", template=NOOP, rows=rows(250))
    job = post(idle, f"batches/{made['id']}/cancel")
    assert job["type"] == "bulk"
    until(idle, job, lambda shown: shown["state"] == "completed")
    counts = idle.client.get(f"/api/v1/batches/{made['id']}").json()["counts"]
    assert counts == {"cancelled": 250}
    (result,) = idle.client.get(job["links"]["results"]).json()["items"]
    assert result["document"] == {
        "action": "cancel",
        "matched": 250,
        "changed": 250,
        "skipped": 0,
    }
    assert idle.client.get("/api/v1/workers").json()["items"] == []


def test_a_dry_run_only_counts(idle: Running) -> None:
    jobs = [idle.submit(tags=["dry"]) for _ in range(3)]
    told = post(idle, "bulk", action="delete", filter={"tag": ["dry"]}, dry_run=True)
    assert (told["matched"], told["job"]) == (3, None)
    for job in jobs:
        assert idle.client.get(f"/api/v1/jobs/{job['id']}").status_code == 200


def test_an_edit_in_bulk_passes_over_nothing_twice(idle: Running) -> None:
    for n in range(130):
        idle.submit(tags=["edited"], metadata={"n": n})
    changes = {"priority": 3, "add_tags": ["seen"], "due": "2031-01-01T00:00:00Z"}
    told = post(idle, "bulk", action="edit", filter={"tag": ["edited"]}, changes=changes)
    until(idle, told["job"], lambda shown: shown["state"] == "completed")
    found = idle.client.get("/api/v1/jobs", params={"tag": "seen", "limit": 500}).json()["items"]
    assert len(found) == told["matched"] == 130
    assert {(job["priority"], job["due"][:4]) for job in found} == {(3, "2031")}


def test_what_the_action_does_not_fit_is_skipped(idle: Running) -> None:
    one, two = idle.submit(tags=["mixed"]), idle.submit(tags=["mixed"])
    post(idle, f"jobs/{one['id']}/pause")
    told = post(idle, "bulk", action="resume", filter={"tag": ["mixed"]})
    until(idle, told["job"], lambda shown: shown["state"] == "completed")
    (result,) = idle.client.get(told["job"]["links"]["results"]).json()["items"]
    assert (result["document"]["changed"], result["document"]["skipped"]) == (1, 1)
    assert idle.client.get(f"/api/v1/jobs/{two['id']}").json()["state"] == "queued"


@pytest.mark.parametrize(
    "body",
    [
        {"action": "explode", "filter": {}},
        {"action": "cancel"},
        {"action": "edit", "filter": {}},
        {"action": "cancel", "filter": {}, "changes": {"name": "x"}},
        {"action": "cancel", "filter": {"colour": "red"}},
    ],
)
def test_a_bulk_action_that_makes_no_sense_is_refused(idle: Running, body: dict[str, Any]) -> None:
    before = number_of_jobs(idle)
    assert idle.client.post("/api/v1/bulk", json=body).status_code == 422
    assert number_of_jobs(idle) == before
    unknown = {"action": "cancel", "filter": {"batch": "none"}}
    assert idle.client.post("/api/v1/bulk", json=unknown).json()["code"] == "batch_not_found"


def search(server: Running, words: str, **query: Any) -> list[dict[str, Any]]:
    answer = server.client.get("/api/v1/search", params={"q": words, **query})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def found(server: Running, job: dict[str, Any], words: str) -> bool:
    return job["id"] in [hit["id"] for hit in search(server, words)]


def test_words_are_found_in_names_tags_and_metadata(idle: Running) -> None:
    job = idle.submit(
        name="Évening show", tags=["hurricane"], metadata={"place": "Port of Spain", "n": 1}
    )
    until(idle, job, lambda _: found(idle, job, "hurricane"))
    for words in ("evening", "EVENING spain", '"port of spain"', "hurri*", "place show"):
        assert found(idle, job, words), words
    for words in ('"spain port"', "evening absent", "hurri"):
        assert not found(idle, job, words), words
    (hit,) = [hit for hit in search(idle, "spain") if hit["id"] == job["id"]]
    (highlight,) = hit["highlights"]
    (start, end), *_ = highlight["marks"]
    assert (highlight["field"], highlight["text"][start:end]) == ("metadata", "Spain")


def test_a_change_is_found_and_what_went_is_not(idle: Running) -> None:
    job = idle.submit(name="zebra")
    until(idle, job, lambda _: found(idle, job, "zebra"))
    idle.client.patch(f"/api/v1/jobs/{job['id']}", json={"name": "giraffe"})
    until(idle, job, lambda _: found(idle, job, "giraffe"))
    assert not found(idle, job, "zebra")
    idle.client.delete(f"/api/v1/jobs/{job['id']}")
    assert not found(idle, job, "giraffe")


def test_results_are_found(server: Running) -> None:
    echo = {"name": "a", "engine": "noop", "params": {"echo": {"text": "a quokka appears"}}}
    job = server.submit(tasks=[echo])
    server.finish(job)
    (result,) = server.client.get(job["links"]["results"]).json()["items"]
    assert result["document"]["echo"] == {"text": "a quokka appears"}
    until(server, job, lambda _: found(server, job, "quokka"))


@pytest.mark.parametrize(
    "words",
    ["a OR b NOT c", "name:x", "scope : o1", "NEAR(a b)", "^a", "a* *", "-a", "{x} : y", "o1",
     "'; DROP TABLE job; --", "x" * 400],
)  # fmt: skip
def test_no_sign_has_a_meaning_of_its_own(idle: Running, words: str) -> None:
    answer = idle.client.get("/api/v1/search", params={"q": words})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("words", ['"', "(", "* *", "- -", " "])
def test_signs_alone_are_no_words(idle: Running, words: str) -> None:
    answer = idle.client.get("/api/v1/search", params={"q": words})
    assert (answer.status_code, answer.json()["field"]) == (422, "q"), answer.text


def test_operators_are_words_like_others(idle: Running) -> None:
    plain, named = idle.submit(name="numbat"), idle.submit(name="numbat OR dugong")
    until(idle, named, lambda _: found(idle, named, "numbat OR dugong"))
    assert found(idle, plain, "numbat")
    assert not found(idle, plain, "numbat OR dugong")


def test_what_is_found_comes_newest_first_by_pages(idle: Running) -> None:
    jobs = [idle.submit(name=f"pangolin {n}") for n in range(5)]
    until(idle, jobs[0], lambda _: len(search(idle, "pangolin")) == 5)
    cursor, seen = None, []
    while True:
        query = {"q": "pangolin", "limit": 2, **({"cursor": cursor} if cursor else {})}
        page = idle.client.get("/api/v1/search", params=query).json()
        seen += [hit["number"] for hit in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [job["number"] for job in reversed(jobs)]
