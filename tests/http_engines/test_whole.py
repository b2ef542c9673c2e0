"""A service in mode whole: what it is sent, what it may answer, and what each answer means."""

import json
import threading
from typing import Any

import pytest

from jobmill_engine import Engine, InputRejected, Result, Task
from tests.http_engines.services import (
    JSON,
    Answer,
    Request,
    Service,
    aion,
    answering,
    begin,
    document,
    register,
    run,
    serving,
    until_told,
    words_of,
)
from tests.running import Running


class Words(Engine):
    """Every word of a text, a second each."""

    def run(self, task: Task) -> Result | None:
        words = task.input().path.read_text().split()
        if "never" in words:
            raise InputRejected("not_this", "There is a never in it.")
        return {
            "language": "en",
            "words": [
                {"start_ms": 1000 * n, "end_ms": 1000 * n + 900, "text": word, "confidence": 0.9}
                for n, word in enumerate(words)
            ],
        }


class Patient(Engine):
    """Works until it is told to stop."""

    began = threading.Event()
    cancelled = threading.Event()

    def run(self, task: Task) -> Result | None:
        self.began.set()
        assert task.wait_cancelled(60)
        self.cancelled.set()
        task.check_cancelled()
        return {}


def failure(job: dict[str, Any]) -> tuple[str, str]:
    assert job["state"] == "failed", job
    reason = job["reason"]
    return reason["code"], reason["message"]


def test_an_engine_of_the_kit_works_as_a_service(server: Running) -> None:
    with serving(Words) as url:
        register(server, url, "words", category="transcription")
        job = run(server, "words")
    assert job["state"] == "completed"
    found = document(server, job)
    assert words_of(found) == ["a", "small", "harbour"]
    assert found["words"][2]["start_ms"] == 2000


def test_what_the_kit_rejects_is_the_inputs_fault(server: Running) -> None:
    with serving(Words) as url:
        register(server, url, "words")
        job = run(server, "words", "never", max_retries=5)
    code, message = failure(job)
    assert (code, "There is a never in it" in message) == ("engine_refused", True)


def test_the_service_is_sent_every_field_of_the_contract(server: Running) -> None:
    service = Service(lambda request: (200, aion(*request.fetched().decode().split()), JSON))
    with answering(service) as url:
        register(server, url, "fields", parameters={"properties": {"depth": {"type": "integer"}}})
        job = run(server, "fields", params={"depth": 3})
    assert words_of(document(server, job)) == ["a", "small", "harbour"]
    (request,) = service.requests
    assert request.chunk == b"a small harbour"
    assert request.file_name == "text.txt"
    assert json.loads(request.fields["payload"]) == {"depth": 3}
    assert request.fields["internalJobId"] == job["id"]
    assert request.fields["chunkMimeType"] == "text/plain"
    names = (
        "chunkMimeType",
        "startOffsetMS",
        "endOffsetMS",
        "width",
        "height",
        "cacheURI",
        "payload",
        "chunkContext",
        "token",
        "veritoneApiBaseUrl",
        "libraryId",
        "libraryEngineModelId",
        "libraryModelDirectory",
        "internalJobId",
        "internalTaskId",
        "inputFolderID",
        "taskTmpDir",
        "engineDir",
        "heartbeatWebhook",
        "resultWebhook",
        "externalCallbackWebhook",
        "maxTTL",
        "controllerToken",
        "redisETUrl",
    )
    assert set(names) <= set(request.fields)


def test_a_service_may_fetch_the_bytes_itself(server: Running) -> None:
    service = Service(lambda request: (200, aion(request.fetched().decode()), JSON))
    with answering(service) as url:
        register(server, url, "fetching", send_bytes=False)
        job = run(server, "fetching", "word")
    assert service.requests[0].chunk is None
    assert words_of(document(server, job)) == ["word"]


def test_nothing_to_say_is_an_empty_result(server: Running) -> None:
    with answering(Service(lambda _: (204, b"", ""))) as url:
        register(server, url, "silent")
        job = run(server, "silent")
    assert job["state"] == "completed"
    assert document(server, job) == {}


def test_json_of_another_shape_stays_as_it_is(server: Running) -> None:
    with answering(Service(lambda _: (200, b'{"count": 3}', JSON))) as url:
        register(server, url, "counting")
        job = run(server, "counting")
    assert document(server, job) == {"count": 3}


def test_json_that_a_server_takes_for_text_is_a_document(server: Running) -> None:
    """As servers do that guess the type of an answer by its first bytes."""
    said = b'{"object": [{"vendor": {"iso": [100]}}]}'
    with answering(Service(lambda _: (200, said, "text/plain; charset=utf-8"))) as url:
        register(server, url, "guessing")
        job = run(server, "guessing")
        register(server, url, "writing", media_out=["text/plain"])
        text = run(server, "writing")
    assert document(server, job) == {"object": [{"vendor": {"iso": [100]}}]}
    assert document(server, text) == {}
    (part,) = server.client.get(f"/api/v1/jobs/{text['id']}/tasks/a/parts").json()["items"]
    assert (part["media_type"], part["size"]) == ("text/plain; charset=utf-8", len(said))


def test_a_text_that_only_looks_like_json_is_a_file(server: Running) -> None:
    with answering(Service(lambda _: (200, b"{ and so it began", "text/plain"))) as url:
        register(server, url, "novel")
        job = run(server, "novel")
    (part,) = server.client.get(f"/api/v1/jobs/{job['id']}/tasks/a/parts").json()["items"]
    assert part["size"] == 17


def test_a_reason_does_not_tell_the_attempts_token(server: Running) -> None:
    def telling(request: Request) -> Answer:
        return 500, f"cannot read {request.fields['cacheURI']}".encode(), "text/plain"

    service = Service(telling)
    with answering(service) as url:
        register(server, url, "telling")
        _, message = failure(run(server, "telling", max_retries=0))
    assert "cannot read http://" in message
    assert service.requests[0].fields["token"] not in message


def test_other_content_is_a_file(server: Running) -> None:
    with answering(Service(lambda _: (200, b"\x89PNG", "image/png"))) as url:
        register(server, url, "painting")
        job = run(server, "painting")
    parts = server.client.get(f"/api/v1/jobs/{job['id']}/tasks/a/parts").json()["items"]
    assert [(part["port"], part["media_type"], part["size"]) for part in parts] == [
        ("out", "image/png", 4)
    ]


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        ((500, b"out of paint", "text/plain"), "engine_refused", "500: out of paint"),
        ((302, b"", "text/plain"), "engine_redirected", "redirect"),
        ((200, b"{no json", JSON), "bad_result", "not usable JSON"),
        ((200, b"[1]", JSON), "bad_result", "not an object"),
        (
            (200, b'{"validationContracts": ["transcript"], "series": [{}]}', JSON),
            "bad_result",
            "AION",
        ),
        ((200, b'{"a": "' + b"x" * (1 << 20) + b'"}', JSON), "output_flooded", "1048576"),
    ],
)
def test_an_answer_that_is_no_result_fails_with_its_reason(
    server: Running, answer: Answer, code: str, said: str
) -> None:
    with answering(Service(lambda _: answer)) as url:
        register(server, url, "failing")
        told, message = failure(run(server, "failing", max_retries=0))
    assert told == code
    assert said in message


def test_an_answer_without_end_is_cut_off(server: Running) -> None:
    def endless(request: Request) -> Answer:
        wire = request.handler.wfile
        wire.write(b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\n")
        while True:
            wire.write(b"x" * 65536)

    with answering(Service(endless)) as url:
        register(server, url, "endless")
        code, _ = failure(run(server, "endless", max_retries=0))
    assert code == "output_flooded"


def test_a_service_that_takes_too_long_is_left(server: Running) -> None:
    with serving(Patient) as url:
        register(server, url, "slow", timeout=0.5)
        code, message = failure(run(server, "slow"))
        assert Patient.cancelled.wait(10)
    assert code == "timed_out"
    assert "0.5 s" in message


def test_a_cancel_reaches_the_service(server: Running) -> None:
    Patient.began.clear()
    Patient.cancelled.clear()
    with serving(Patient) as url:
        register(server, url, "patient")
        job = begin(server, "patient")
        assert Patient.began.wait(20)
        server.client.post(f"/api/v1/jobs/{job['id']}/cancel")
        assert server.finish(job)["state"] == "cancelled"
        assert Patient.cancelled.wait(10)


def test_a_service_that_still_starts_is_waited_for(server: Running) -> None:
    service = Service(lambda _: (200, aion("up"), JSON), ready=[503, 503, 200])
    with answering(service) as url:
        register(server, url, "starting")
        job = run(server, "starting")
    assert words_of(document(server, job)) == ["up"]
    assert service.asked == 3


def test_a_service_that_is_down_is_tried_again(server: Running) -> None:
    with answering(Service(lambda _: (204, b"", ""))) as url:
        port = int(url.rpartition(":")[2])
    register(server, url, "down")
    job = begin(server, "down")
    until_told(server, job, "task.retrying")
    with answering(Service(lambda _: (200, aion("back"), JSON)), port):
        assert words_of(document(server, server.finish(job))) == ["back"]


def test_a_service_that_dies_over_the_work_is_tried_a_few_times(server: Running) -> None:
    def dies(request: Request) -> Answer:
        request.handler.connection.close()
        raise ConnectionError

    service = Service(dies)
    with answering(service) as url:
        register(server, url, "dying")
        code, message = failure(run(server, "dying"))
    assert code == "quarantined"
    assert "ended the connection" in message or "broke" in message
    assert len(service.requests) == 3


def test_a_service_that_says_it_will_never_be_ready_fails(server: Running) -> None:
    service = Service(lambda _: (204, b"", ""), ready=[500])
    with answering(service) as url:
        register(server, url, "broken")
        job = begin(server, "broken")
        until_told(server, job, "engine_not_ready")
        server.client.post(f"/api/v1/jobs/{job['id']}/cancel")
        server.finish(job)
    assert service.requests == []
