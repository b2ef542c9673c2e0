"""The server and the worker as processes: one to a folder, a graceful stop, nothing lost."""

import json
import signal
import socket
import subprocess
import threading
from pathlib import Path

import pytest

from jobmill_client import Jobmill
from tests.serving import Drill, ServerProcess, WorkerProcess, install_drill, jobmill
from tests.serving.processes import COMMAND, clean_environment


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    install_drill(folder / "engines")
    return folder


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
    return number


def test_a_second_server_on_the_folder_is_refused_and_told_of_the_first(data: Path) -> None:
    with ServerProcess(data) as first:
        assert isinstance(first, ServerProcess)
        second = jobmill("serve", "--data", str(data), "--port", "0")
        assert second.code == 1
        assert second.out == ""
        assert f"A server already runs on {data}" in second.err
        assert first.url in second.err
        with Jobmill(first.url, first.key) as client:
            assert client.ready()


def test_a_port_that_is_taken_is_told_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = jobmill(
            "serve", "--data", str(tmp_path / "data"), "--port", str(taken.getsockname()[1])
        )
    assert ran.code == 1
    assert "--port" in ran.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--tls-cert", "/nowhere.pem"], "--tls-key"),
        (["--fetch-allow", "everything"], "JOBMILL_FETCH_ALLOW"),
        (["--port", "many"], "--port"),
        (["--database", "postgresql://x"], "JOBMILL_DATABASE"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, words: list[str], said: str) -> None:
    ran = jobmill("serve", "--data", str(tmp_path / "data"), *words)
    assert ran.code == 2
    assert said in ran.err


def test_a_data_folder_that_cannot_be_made_is_told_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for command in ("serve", "worker"):
        ran = jobmill(command, "--data", str(tmp_path / "file" / "data"))
        assert ran.code == 1
        assert "cannot be used" in ran.err
        assert "Traceback" not in ran.err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_is_graceful_and_leaves_no_address_behind(
    data: Path, number: signal.Signals
) -> None:
    server = ServerProcess(data)
    assert json.loads((data / "server.json").read_text())["url"] == server.url
    assert (data / "admin-key").stat().st_mode & 0o777 == 0o600
    assert server.stop(number) == 0
    assert not (data / "server.json").exists()
    lines = [line for line in server.log.read_text().splitlines() if line.startswith("{")]
    assert all(json.loads(line)["event"] for line in lines)


def test_a_running_task_is_handed_back_and_finished_after_the_next_start(
    data: Path, drill: Drill, port: int
) -> None:
    first = ServerProcess(data, "--port", str(port))
    with Jobmill(first.url, first.key) as client:
        job = client.jobs.create(input={"json": 1}, tasks=drill.tasks)
        drill.wait_begun()
        types: list[str] = []
        listener = threading.Thread(
            target=lambda: types.extend(event.type for event in client.jobs.events(job))
        )
        listener.start()
        assert first.stop(signal.SIGTERM, seconds=15) == 0
        with ServerProcess(data, "--port", str(port)):
            drill.release()
            listener.join(60)
            assert not listener.is_alive()
            assert client.jobs.wait(job, 60).state == "completed"
            assert [each.state for each in client.jobs.attempts(job)] == ["lost", "done"]
    assert types.count("task.claimed") == 2
    assert types.count("job.created") == types.count("job.completed") == 1


def test_server_and_worker_can_be_two_processes(data: Path) -> None:
    with ServerProcess(data, "--no-worker") as server:
        assert isinstance(server, ServerProcess)
        with Jobmill(server.url, server.key) as client:
            job = client.jobs.create(input={"json": 1}, tasks=[{"name": "a", "engine": "noop"}])
            waiting = client.jobs.get(job).wait_reason
            assert waiting is not None
            assert waiting.code == "no_worker"
            worker = WorkerProcess(data, "--slots", "3")
            assert client.jobs.wait(job, 60).state == "completed"
            assert [each.slots for each in client.workers.list()] == [3]
            assert worker.stop() == 0
            assert client.workers.list() == ()


def test_people_are_told_where_everything_is(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with subprocess.Popen(
        [*COMMAND, "serve", "--data", str(data), "--port", "0"],
        env=clean_environment(),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        told = "".join(iter(process.stdout.readline, "Ctrl-C stops it.\n"))
        process.terminate()
        assert process.wait(30) == 0
    assert "Jobmill is ready at http://127.0.0.1:" in told
    assert str(data) in told
    assert str(data / "admin-key") in told


def test_a_server_with_a_certificate_answers_over_tls(data: Path, tmp_path: Path) -> None:
    import ssl

    import httpx2

    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    words = [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    words += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)]
    try:
        subprocess.run(["openssl", *words], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("the program openssl, which makes the certificate, is not installed")
    with ServerProcess(data, "--tls-cert", str(cert), "--tls-key", str(key)) as server:
        assert isinstance(server, ServerProcess)
        assert server.url.startswith("https://")
        trusted = ssl.create_default_context(cafile=str(cert))
        with httpx2.Client(verify=trusted) as http:
            assert http.get(f"{server.url}/readyz").json() == {"status": "ready"}
