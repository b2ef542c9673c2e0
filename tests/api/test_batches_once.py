"""A batch is asked for once: the same request with the same Idempotency-Key makes no second one."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.api.test_batches import SCHEMA, read, upload
from tests.running import Running

TASKS = [{"name": "a", "engine": "noop"}]
JOB = {"tasks": TASKS, "input": {"json": 1}}
WHOLE = {"jobs": [JOB, JOB]}
ROWS = {"pipeline": "once", "inputs": [{"text": "one"}, {"text": "two"}]}


@pytest.fixture(scope="module", autouse=True)
def pipeline(idle: Running) -> None:
    """A program whose input is a text."""
    body = {"name": "once", "tasks": TASKS, "program": {"input_schema": SCHEMA, "answer": "a"}}
    assert idle.client.post("/api/v1/pipelines", json=body).status_code == 201


def ask(server: Running, path: str, body: Any, key: str) -> tuple[int, Any, str | None]:
    answer = server.client.post(
        f"/api/v1/{path}", json=body, headers={"Idempotency-Key": key}, timeout=60
    )
    return answer.status_code, answer.json(), answer.headers.get("idempotency-replayed")


@pytest.mark.parametrize(
    ("path", "body", "code"), [("batches", WHOLE, 201), ("batches/rows", ROWS, 202)]
)
def test_the_same_request_makes_one_batch_even_at_once(
    idle: Running, path: str, body: Any, code: int
) -> None:
    barrier = threading.Barrier(6)
    before = len(idle.client.get("/api/v1/batches").json()["items"])

    def post(_: int) -> tuple[int, Any, str | None]:
        barrier.wait()
        return ask(idle, path, body, f"race {path}")

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(post, range(6)))
    assert {status for status, _, _ in answers} == {code}
    assert len({batch["id"] for _, batch, _ in answers}) == 1
    assert [replayed for _, _, replayed in answers].count("true") == 5
    assert len(idle.client.get("/api/v1/batches").json()["items"]) == before + 1
    shown = answers[0][1]
    assert (read(idle, shown) if shown["job"] else shown)["size"] == 2


def test_a_file_of_rows_is_read_once(idle: Running) -> None:
    file = upload(idle, "rows.jsonl", '{"text": "one"}\n{"text": "two"}\n')
    body = {"pipeline": "once", "file": file}
    _, first, _ = ask(idle, "batches/rows", body, "file")
    read(idle, first)
    status, second, replayed = ask(idle, "batches/rows", body, "file")
    assert (status, second["id"], replayed) == (202, first["id"], "true")
    assert second["state"] == "ready", "as it stands now"


@pytest.mark.parametrize("path", ["batches", "batches/rows", "jobs"])
def test_a_key_that_was_used_for_another_request_is_refused(idle: Running, path: str) -> None:
    key = f"other {path}"
    assert ask(idle, "batches/rows", {**ROWS, "strict": True}, key)[0] == 202
    body = {"batches": WHOLE, "batches/rows": ROWS, "jobs": JOB}[path]
    status, problem, _ = ask(idle, path, body, key)
    assert (status, problem["code"]) == (409, "idempotency_mismatch")


def test_a_refused_request_does_not_use_its_key_up(idle: Running) -> None:
    assert ask(idle, "batches/rows", {**ROWS, "pipeline": "no such"}, "again")[0] == 404
    assert ask(idle, "batches/rows", ROWS, "again")[0] == 202


def test_bytes_of_rows_that_came_twice_are_not_kept_twice(idle: Running) -> None:
    body = {"pipeline": "once", "inputs": [{"text": "kept once"}]}
    before = idle.client.get("/api/v1/assets").json()["items"]
    ask(idle, "batches/rows", body, "bytes")
    kept = idle.client.get("/api/v1/assets").json()["items"]
    ask(idle, "batches/rows", body, "bytes")
    assert idle.client.get("/api/v1/assets").json()["items"] == kept
    assert len(kept) - len(before) <= 1
