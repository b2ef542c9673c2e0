"""Jobs: created, read, listed, acted upon, deleted."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.running import MakeGate, Running

NOOP = {"tasks": [{"name": "a", "engine": "noop"}], "input": {"json": {"n": 1}}}


def test_a_job_runs_from_post_to_its_result(server: Running) -> None:
    made = server.client.post("/api/v1/jobs", json=NOOP)
    assert made.status_code == 201
    job = made.json()
    assert made.headers["location"] == f"/api/v1/jobs/{job['id']}" == job["links"]["self"]
    assert (job["state"], job["progress"]["percent"], job["type"]) == ("queued", 0, "graph")
    ended = server.finish(job)
    assert (ended["state"], ended["progress"]["percent"]) == ("completed", 100)
    assert ended["created_at"] <= ended["started_at"] <= ended["ended_at"]
    (result,) = server.client.get(job["links"]["results"]).json()["items"]
    assert result["provenance"]["engine"] == "noop"
    assert result["document"]["inputs"][0]["name"] == "input.json"


def test_a_job_is_found_by_number_as_by_id(server: Running) -> None:
    job = server.submit()
    by_number = server.client.get(f"/api/v1/jobs/{job['number']}").json()
    assert by_number["id"] == job["id"]
    assert server.client.get(f"/api/v1/jobs/{2**63}").status_code == 404
    assert server.client.get("/api/v1/jobs/999999999").json()["code"] == "job_not_found"


def test_prefer_wait_answers_at_the_end_of_the_job(server: Running) -> None:
    made = server.client.post("/api/v1/jobs", json=NOOP, headers={"Prefer": "wait=60"})
    assert made.json()["state"] == "completed"
    assert made.headers["preference-applied"] == "wait=60"


def test_prefer_wait_gives_up_after_its_seconds(idle: Running) -> None:
    made = idle.client.post("/api/v1/jobs", json=NOOP, headers={"Prefer": "respond-async, wait=1"})
    assert (made.json()["state"], made.headers["preference-applied"]) == ("queued", "wait=1")


def test_a_job_of_features_says_how_far_each_is(server: Running, gate: MakeGate) -> None:
    way = gate()
    body = {"features": ["GATE"], "params": {"GATE": {"gate": str(way.path)}}}
    job = server.submit(tasks=[], **body)
    way.tell("progress 40")
    for event in _stream(server, job["id"]):
        if '"percent":40' in event:
            break
    shown = server.client.get(job["links"]["self"]).json()
    assert (shown["state"], shown["type"], shown["features"]) == ("running", "features", ["GATE"])
    (feature,) = shown["progress"]["features"]
    assert (feature["feature"], feature["percent"], feature["done"]) == ("GATE", 40, 40.0)
    assert (feature["total"], feature["unit"]) == (100.0, "s")
    way.open()
    assert server.finish(job)["progress"]["percent"] == 100
    results = server.client.get(job["links"]["results"], params={"feature": "GATE"}).json()
    assert [each["feature"] for each in results["items"]] == ["GATE"]
    none = server.client.get(job["links"]["results"], params={"feature": "OTHER"}).json()
    assert none["items"] == []


def test_a_pipeline_is_run_by_its_name(server: Running) -> None:
    body = {"name": "run me", "tasks": [{"name": "a", "engine": "noop"}]}
    assert server.client.post("/api/v1/pipelines", json=body).status_code == 201
    job = server.submit(tasks=[], pipeline="run me", params={"a": {"echo": "hello"}})
    assert (job["pipeline"], job["type"]) == ("run me", "run me")
    assert server.finish(job)["state"] == "completed"
    (result,) = server.client.get(job["links"]["results"]).json()["items"]
    assert result["document"]["echo"] == "hello"


def test_a_graph_hands_files_from_task_to_task(server: Running, gate: MakeGate) -> None:
    way = gate()
    job = server.submit(
        tasks=[way.task("make"), {"name": "take", "engine": "noop"}],
        routes=[{"from": "make", "to": "take"}],
    )
    tasks = {
        task["name"]: task for task in server.client.get(job["links"]["tasks"]).json()["items"]
    }
    assert tasks["take"]["wait_reason"] == {"code": "parents", "message": "Waits for make."}
    assert tasks["take"]["parents"] == ["make"]
    way.tell("write 0123456789", "log one line", "warn careful")
    way.open()
    ended = server.finish(job)
    assert [warning["message"] for warning in ended["warnings"]] == ["careful"]
    results = server.client.get(job["links"]["results"], params={"task": "take"}).json()
    assert results["items"][0]["document"]["inputs"][0]["size"] == 10
    (part,) = server.client.get(f"{job['links']['tasks']}/make/parts").json()["items"]
    assert (part["port"], part["number"], part["size"]) == ("out", 0, 10)
    assert server.client.get(part["content"]).content == b"0123456789"
    some = server.client.get(part["content"], headers={"Range": "bytes=2-4"})
    assert (some.status_code, some.content) == (206, b"234")
    log = next(a["log"] for a in _attempts(server, job) if a["task"] == "make")
    assert [line["text"] for line in server.client.get(log).json()["items"]] == ["one line"]


def test_a_log_is_read_in_pages(server: Running, gate: MakeGate) -> None:
    way = gate()
    job = server.submit(tasks=[way.task()])
    way.tell(*(f"log line {n}" for n in range(5)))
    way.open()
    server.finish(job)
    log, cursor, seen = _attempts(server, job)[0]["log"], None, []
    while True:
        params = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = server.client.get(log, params=params).json()
        seen += [line["text"] for line in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [f"line {n}" for n in range(5)]


def test_cancel_is_202_while_the_engine_stops_and_409_after_another_end(
    server: Running, gate: MakeGate
) -> None:
    way = gate()
    job = server.submit(tasks=[way.task()])
    way.tell("progress 1")
    stopping = server.client.post(f"{job['links']['self']}/cancel")
    assert (stopping.status_code, stopping.json()["state"]) == (202, "cancelling")
    assert stopping.json()["wait_reason"]["code"] == "cancelling"
    ended = server.finish(job)
    assert (ended["state"], ended["reason"]["code"]) == ("cancelled", "cancelled")
    again = server.client.post(f"{job['links']['self']}/cancel")
    assert again.status_code in (200, 409)
    done = server.finish(server.submit())
    late = server.client.post(f"{done['links']['self']}/cancel")
    assert (late.status_code, late.json()["code"]) == (409, "job_ended")


def test_a_queued_job_is_cancelled_at_once(idle: Running) -> None:
    job = idle.submit()
    cancelled = idle.client.post(f"{job['links']['self']}/cancel")
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")


def test_retry_runs_what_failed_and_restart_runs_all(server: Running, gate: MakeGate) -> None:
    way = gate()
    job = server.submit(tasks=[way.task()])
    early = server.client.post(f"{job['links']['self']}/retry")
    assert (early.status_code, early.json()["code"]) == (409, "job_not_ended")
    way.tell("fail as told")
    failed = server.finish(job)
    assert failed["state"] == "failed"
    reason = {"code": "told_to_fail", "message": "as told", "task": "a", "kind": "engine"}
    assert failed["reason"] == reason
    way.close()
    again = server.client.post(f"{job['links']['self']}/retry")
    assert (again.status_code, again.json()["generation"]) == (200, 2)
    way.open()
    assert server.finish(job)["state"] == "completed"
    nothing = server.client.post(f"{job['links']['self']}/retry")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "job_ended")
    way.close()
    assert server.client.post(f"{job['links']['self']}/restart").json()["generation"] == 3
    way.open()
    server.finish(job)
    (task,) = server.client.get(job["links"]["tasks"]).json()["items"]
    assert (task["generation"], task["attempt"], task["attempts"]) == (3, 1, 3)
    assert [a["state"] for a in _attempts(server, job)] == ["failed", "done", "done"]


def test_a_deleted_job_is_gone_at_once(idle: Running) -> None:
    job = idle.submit()
    assert idle.client.delete(job["links"]["self"]).status_code == 204
    assert idle.client.get(job["links"]["self"]).status_code == 404
    assert idle.client.delete(job["links"]["self"]).status_code == 404
    numbers = [each["number"] for each in idle.client.get("/api/v1/jobs").json()["items"]]
    assert job["number"] not in numbers


def test_the_same_key_and_body_make_one_job_even_at_once(idle: Running) -> None:
    barrier = threading.Barrier(10)

    def post(_: int) -> tuple[int, str, str | None]:
        barrier.wait()
        answer = idle.client.post("/api/v1/jobs", json=NOOP, headers={"Idempotency-Key": "race"})
        return answer.status_code, answer.json()["id"], answer.headers.get("idempotency-replayed")

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(post, range(10)))
    assert {status for status, _, _ in answers} == {201}
    assert len({job for _, job, _ in answers}) == 1
    assert [replayed for _, _, replayed in answers].count("true") == 9


def test_an_idempotency_key_is_refused_for_another_body_and_for_a_deleted_job(
    idle: Running,
) -> None:
    headers = {"Idempotency-Key": "once"}
    job = idle.client.post("/api/v1/jobs", json=NOOP, headers=headers).json()
    other = idle.client.post("/api/v1/jobs", json={**NOOP, "priority": 3}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_mismatch")
    idle.client.delete(job["links"]["self"])
    gone = idle.client.post("/api/v1/jobs", json=NOOP, headers=headers)
    assert (gone.status_code, gone.json()["field"]) == (409, "Idempotency-Key")


def test_a_key_whose_request_was_refused_may_be_used_again(idle: Running) -> None:
    headers = {"Idempotency-Key": "second try"}
    wrong = {**NOOP, "tasks": [{"engine": "nope"}]}
    assert idle.client.post("/api/v1/jobs", json=wrong, headers=headers).status_code == 422
    assert idle.client.post("/api/v1/jobs", json=NOOP, headers=headers).status_code == 201


def test_what_waits_says_why(idle: Running, server: Running) -> None:
    job = idle.submit()
    assert job["wait_reason"]["code"] == "no_worker"
    (task,) = idle.client.get(job["links"]["tasks"]).json()["items"]
    assert task["wait_reason"]["code"] == "no_worker"
    listed = next(
        j for j in idle.client.get("/api/v1/jobs").json()["items"] if j["id"] == job["id"]
    )
    assert listed["wait_reason"]["code"] == "no_worker"
    done = server.finish(server.submit())
    assert done["wait_reason"] is None


def test_a_job_behind_busy_slots_waits_for_capacity(server: Running, gate: MakeGate) -> None:
    gates = [gate() for _ in range(4)]
    busy = [server.submit(tasks=[way.task()]) for way in gates]
    for way in gates:
        way.tell("progress 1")
    waiting = server.submit()
    assert waiting["wait_reason"]["code"] == "capacity"
    assert server.client.get("/api/v1/workers").json()["items"][0]["running"] == 4
    for way, job in zip(gates, busy, strict=True):
        way.open()
        server.finish(job)
    assert server.finish(waiting)["state"] == "completed"


def _attempts(server: Running, job: dict[str, Any]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = server.client.get(job["links"]["attempts"]).json()["items"]
    return items


def _stream(server: Running, job: str) -> Iterator[str]:
    headers = {"Accept": "text/event-stream"}
    with server.client.stream("GET", f"/api/v1/jobs/{job}/events", headers=headers) as answer:
        yield from answer.iter_text()
