"""The log: one line an event, in which a whole job's life is found by its id."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest

from jobmill_client import Jobmill
from tests.serving import Drill, ServerProcess, WorkerProcess, install_drill

Lines = list[dict[str, Any]]


def lines_of(*logs: Path) -> Lines:
    """Every line of these logs is JSON."""
    return [json.loads(line) for log in logs for line in log.read_text("utf-8").splitlines()]


def events(lines: Lines, **having: Any) -> list[str]:
    return [line["event"] for line in lines if having.items() <= line.items()]


def test_a_jobs_life_is_found_by_its_id_in_the_logs_of_server_and_worker(tmp_path: Path) -> None:
    data = tmp_path / "data"
    install_drill(data / "engines")
    drill = Drill(tmp_path)
    needs = {"needs": str(tmp_path / "there")}
    with (
        ServerProcess(data, "--no-worker") as server,
        WorkerProcess(data) as worker,
        Jobmill(server.url, server.key) as client,
    ):
        headers = {"X-Request-Id": "request-of-mine", "Authorization": f"Bearer {server.key}"}
        body = {"tasks": [{"name": "t", "engine": "drill", "params": needs}], "input": {"json": 1}}
        job = httpx2.post(f"{server.url}/api/v1/jobs", json=body, headers=headers).json()["id"]
        assert client.jobs.wait(job, 30).state == "failed"
        (tmp_path / "there").touch()
        client.jobs.retry(job)
        assert client.jobs.wait(job, 30).state == "completed"
        other = client.jobs.create(input={"json": 1}, tasks=drill.tasks)
        drill.wait_begun()
        client.jobs.cancel(other)
        client.jobs.wait(other, 30)
        client.jobs.delete(job)
    assert isinstance(server, ServerProcess)
    lines = lines_of(server.log, worker.log)
    assert events(lines, job=job) == [
        *["request.answered"] * 3,
        *["attempt.failed", "attempt.done"],
    ]
    made, retried, deleted = (line for line in lines if line.get("job") == job and "route" in line)
    assert made["request"] == "request-of-mine"
    assert (made["method"], made["route"], made["status"]) == ("POST", "/api/v1/jobs", 201)
    assert retried["route"] == "/api/v1/jobs/{job}/retry"
    assert (deleted["method"], deleted["status"]) == ("DELETE", 204)
    (failed,) = (line for line in lines if line["event"] == "attempt.failed")
    assert (failed["task"], failed["attempt"], failed["engine"]) == ("t", 1, "drill")
    assert (failed["code"], failed["level"]) == ("not_yet", "warning")
    assert failed["worker"]
    assert events(lines, job=other.id, task="held") == ["attempt.stopped"]
    for line in lines:
        assert {"event", "level", "logger", "timestamp"} <= line.keys()


def test_reads_are_told_at_level_debug_and_keys_never(tmp_path: Path) -> None:
    with (
        ServerProcess(tmp_path / "data", "--no-worker", "--log-level", "debug") as server,
        Jobmill(server.url, server.key) as client,
    ):
        list(client.jobs.list())
        list(client.jobs.list(type=server.key))
    assert isinstance(server, ServerProcess)
    lines = lines_of(server.log)
    assert "request.answered" in events(lines, method="GET", route="/api/v1/jobs", level="debug")
    assert server.key not in server.log.read_text("utf-8")


@pytest.mark.parametrize("status", [404])
def test_refused_reads_are_told(tmp_path: Path, status: int) -> None:
    with (
        ServerProcess(tmp_path / "data", "--no-worker") as server,
        Jobmill(server.url, server.key) as client,
    ):
        list(client.jobs.list())
        with pytest.raises(Exception, match="There is no job"):
            client.jobs.get(77)
    assert isinstance(server, ServerProcess)
    line, last = lines_of(server.log)
    assert last["event"] == "process.stopped"
    assert (line["status"], line["route"]) == (status, "/api/v1/jobs/{job}")


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_traceback_shows_where_and_never_the_values_of_variables(form: str) -> None:
    surprise = (
        "import sys, structlog\n"
        "from jobmill.cli.logs import set_up_logs\n"
        "from jobmill.cli.settings import LogFormat, LogLevel\n"
        "set_up_logs(LogFormat(sys.argv[1]), LogLevel.INFO)\n"
        "def fail(key):\n"
        "    raise ValueError('of no use')\n"
        "try:\n"
        "    fail('do-not-' + 'tell')\n"
        "except ValueError:\n"
        "    structlog.get_logger('jobmill').exception('it.failed')\n"
    )
    words = [sys.executable, "-c", surprise, form]
    told = subprocess.run(words, capture_output=True, text=True, check=True).stderr
    assert "it.failed" in told
    assert "of no use" in told
    assert "fail" in told
    assert "do-not-tell" not in told
