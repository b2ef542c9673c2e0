"""Services that work for a worker in another process than the server: also when one of the three
dies in the middle."""

import os
import queue
import signal
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.http_engines.apart import Apart
from tests.http_engines.services import (
    JSON,
    Answer,
    Request,
    Service,
    after_cutter,
    aion,
    answering,
    begin,
    document,
    register,
    run,
    words_of,
)

SERVICE = Path(__file__).with_name("word_service.py")
TEXT = "one two three four five six seven eight nine ten"
PATIENCE = 60


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    made = Apart(tmp_path_factory.mktemp("apart") / "data")
    made.start_worker()
    yield made
    made.close()


class Held:
    """Holds the first request that it is asked about, until it is let go."""

    def __init__(self) -> None:
        self.reached, self.go = threading.Event(), threading.Event()
        self._lock, self._held = threading.Lock(), False

    def first(self) -> bool:
        """Whether this was the first; comes back when it is let go."""
        with self._lock:
            mine, self._held = not self._held, True
        if mine:
            self.reached.set()
            assert self.go.wait(PATIENCE)
        return mine

    def came(self) -> None:
        """Wait until there is one."""
        assert self.reached.wait(PATIENCE)


def test_a_service_fetches_and_tells_where_the_server_is(apart: Apart) -> None:
    """At the server's port, of which the worker was told nothing."""
    told: list[int] = []

    def process(request: Request) -> Answer:
        told.append(request.post("heartbeatWebhook", status="running", infoMsg="on it"))
        return 200, aion(*request.fetched().decode().split()), JSON

    with answering(Service(process)) as url:
        register(apart, url, "fetcher", send_bytes=False)
        job = run(apart, "fetcher")
    assert words_of(document(apart, job)) == ["a", "small", "harbour"]
    assert told == [204]


def test_a_result_that_comes_by_webhook_reaches_the_worker(apart: Apart) -> None:
    def later(request: Request) -> None:
        request.post("resultWebhook", output={"text": "later"})
        request.post("heartbeatWebhook", status="complete")

    def process(request: Request) -> Answer:
        threading.Thread(target=later, args=(request,), daemon=True).start()
        return 200, b'{"estimatedProcessingTimeInSeconds": 30}', JSON

    with answering(Service(process)) as url:
        register(apart, url, "teller")
        assert document(apart, run(apart, "teller")) == {"text": "later"}


def test_a_cancel_reaches_the_service_of_another_process(apart: Apart) -> None:
    held, answers = Held(), queue.Queue[int]()

    def process(request: Request) -> Answer:
        held.first()
        answers.put(request.post("heartbeatWebhook", status="running"))
        return 204, b"", ""

    service = Service(process)
    with answering(service) as url:
        register(apart, url, "stopped")
        job = begin(apart, "stopped")
        held.came()
        apart.client.post(f"/api/v1/jobs/{job['id']}/cancel")
        assert apart.finish(job)["state"] == "cancelled"
        held.go.set()
        assert answers.get(timeout=PATIENCE) == 409


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((200, b"{no json", JSON), "bad_result"),
        ((200, b'{"validationContracts": ["transcript"]}', JSON), "bad_result"),
        ((500, b"out of ink", "text/plain"), "engine_refused"),
    ],
)
def test_garbage_fails_with_its_reason(apart: Apart, answer: Answer, code: str) -> None:
    with answering(Service(lambda _: answer)) as url:
        register(apart, url, "garbage")
        job = run(apart, "garbage", max_retries=0)
    assert (job["state"], job["reason"]["code"]) == ("failed", code)


def test_a_service_that_never_answers_is_left(apart: Apart) -> None:
    held = Held()

    def process(_: Request) -> Answer:
        held.first()
        return 204, b"", ""

    with answering(Service(process)) as url:
        register(apart, url, "mute", timeout=0.5)
        job = run(apart, "mute", max_retries=0)
        held.go.set()
    assert (job["state"], job["reason"]["code"]) == ("failed", "timed_out")


def test_another_worker_goes_on_where_one_was_killed(apart: Apart) -> None:
    held, answers = Held(), queue.Queue[int]()

    def process(request: Request) -> Answer:
        if held.first():
            answers.put(request.post("resultWebhook", output={"text": "too late"}))
            return 204, b"", ""
        return 200, b'{"text": "in time"}', JSON

    with answering(Service(process)) as url:
        register(apart, url, "survivor")
        job = begin(apart, "survivor")
        held.came()
        apart.kill_worker()
        apart.start_worker()
        ended = apart.finish(job)
        held.go.set()
        assert answers.get(timeout=PATIENCE) == 409
    assert ended["state"] == "completed", ended
    assert document(apart, ended) == {"text": "in time"}
    assert [each["state"] for each in apart.attempts(job)] == ["lost", "done"]


def test_chunks_are_neither_lost_nor_doubled_when_a_worker_is_killed(apart: Apart) -> None:
    held = Held()

    def process(request: Request) -> Answer:
        word = (request.chunk or b"").decode().strip()
        if word == "five":
            held.first()
        return 200, b'{"text": "%s"}' % word.encode(), JSON

    with answering(Service(process)) as url:
        register(apart, url, "chunks", modes=["chunk"])
        job = after_cutter(apart, "chunks", TEXT, "chunk", max_engines=2)
        held.came()
        apart.kill_worker()
        held.go.set()
        apart.start_worker()
        ended = apart.finish(job)
    assert ended["state"] == "completed", ended
    path = f"/api/v1/jobs/{job['id']}/tasks/b/parts"
    parts = apart.client.get(path).json()["items"]
    assert [part["number"] for part in parts] == list(range(10))
    found = [apart.client.get(f"{path}/out/{n}").json()["text"] for n in range(10)]
    assert found == TEXT.split()


def test_a_stream_whose_worker_was_killed_does_not_look_like_its_end(apart: Apart) -> None:
    """The service that was reading hears of it, and the next one reads all from the first byte."""
    heard, ends = threading.Event(), list[str]()

    def process(request: Request) -> Answer:
        read = b""
        try:
            with httpx2.stream("GET", request.fields["cacheURI"], timeout=PATIENCE) as answer:
                for piece in answer.iter_bytes():
                    read += piece
                    heard.set()
        except httpx2.HTTPError as error:
            ends.append(type(error).__name__)
            return 500, b"the stream broke off", "text/plain"
        ends.append("whole")
        return 200, aion(*read.decode().split()), JSON

    with answering(Service(process)) as url:
        register(apart, url, "listener", modes=["stream"])
        job = after_cutter(apart, "listener", TEXT, "stream", wait=0.3)
        assert heard.wait(PATIENCE)
        apart.kill_worker()
        apart.start_worker()
        ended = apart.finish(job)
    assert ended["state"] == "completed", ended
    assert words_of(document(apart, ended, "b")) == TEXT.split()
    assert ends[-1] == "whole"
    assert "whole" not in ends[:-1]


def test_work_goes_on_while_the_server_is_killed_and_comes_back_elsewhere(apart: Apart) -> None:
    held = Held()

    def process(request: Request) -> Answer:
        if held.first():
            return 200, b'{"text": "first"}', JSON
        return 200, aion(request.fetched().decode()), JSON

    with answering(Service(process)) as url:
        register(apart, url, "patient")
        job = begin(apart, "patient")
        held.came()
        before = apart.server.url
        apart.kill_server()
        held.go.set()
        assert apart.server.url != before
        assert document(apart, apart.finish(job)) == {"text": "first"}
        assert words_of(document(apart, run(apart, "patient", "second"))) == ["second"]


def served(port: int = 0) -> tuple["subprocess.Popen[str]", str]:
    """The service of `word_service.py`, and where it is."""
    process = subprocess.Popen(
        [sys.executable, str(SERVICE), str(port)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def stopped(process: "subprocess.Popen[str]", number: int) -> None:
    process.send_signal(number)
    process.wait(PATIENCE)
    assert process.stdout is not None
    process.stdout.close()


def test_a_service_that_is_killed_and_comes_back_does_the_work_again(
    apart: Apart, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    first, url = served()
    try:
        register(apart, url, "mortal")
        job = begin(apart, "mortal", params={"gate": str(gate)}, max_retries=3)
        with gate.open("w"):  # opens when the service has come to it
            stopped(first, signal.SIGKILL)
        second, again = served(int(url.rpartition(":")[2]))
        try:
            assert again == url
            gate.open("w").close()
            ended = apart.finish(job)
        finally:
            stopped(second, signal.SIGTERM)
    finally:
        first.kill()
    assert ended["state"] == "completed", ended
    assert document(apart, ended)["objects"] == [{"type": "text", "text": "a small harbour"}]
    attempts = apart.attempts(job)
    assert attempts[0]["failure"]["code"] == "engine_broke_off"
    assert attempts[-1]["state"] == "done"


def _certificate(folder: Path) -> tuple[Path, Path]:
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", key, "-out", cert],
        check=True, capture_output=True,
    )  # fmt: skip
    return cert, key


def test_a_service_behind_tls_is_reached_if_its_certificate_is_trusted(tmp_path: Path) -> None:
    cert, key = _certificate(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(cert, key)
    service = Service(lambda request: (200, aion(request.fetched().decode()), JSON))
    apart = Apart(tmp_path / "data", {"SSL_CERT_FILE": str(cert)})
    try:
        apart.start_worker()
        with answering(service, tls=tls) as url:
            register(apart, url, "sealed")
            assert url.startswith("https://")
            assert words_of(document(apart, run(apart, "sealed", "word"))) == ["word"]
    finally:
        apart.close()


def test_a_service_whose_certificate_nobody_trusts_is_not_sent_anything(
    apart: Apart, tmp_path: Path
) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*_certificate(tmp_path))
    service = Service(lambda _: (204, b"", ""))
    with answering(service, tls=tls) as url:
        register(apart, url, "unsealed")
        job: dict[str, Any] = run(apart, "unsealed", max_retries=0)
    assert job["reason"]["code"] == "engine_unreachable"
    assert "certificate" in job["reason"]["message"].lower()
    assert service.requests == []
