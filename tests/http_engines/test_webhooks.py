"""Services that answer at once and tell later; and the token with which they may."""

import threading
import time
from typing import Any

import httpx2

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
    words_of,
)
from tests.running import Running

LATER = (200, b'{"estimatedProcessingTimeInSeconds": 1}', JSON)


def later(work: Any) -> Any:
    """Answer at once, and do the work on a thread."""

    def process(request: Request) -> Answer:
        threading.Thread(target=work, args=(request,), daemon=True).start()
        return LATER

    return process


def output(*words: str) -> dict[str, Any]:
    import json

    found: dict[str, Any] = json.loads(aion(*words))
    return found


def test_a_result_that_comes_later_counts(server: Running) -> None:
    said: list[int] = []

    def work(request: Request) -> None:
        said.append(request.post("heartbeatWebhook", status="running", bytesRead=7, infoMsg="hm"))
        said.append(request.post("resultWebhook", output=output("later"), startOffsetMs=0))
        said.append(request.post("heartbeatWebhook", status="complete"))

    with answering(Service(later(work))) as url:
        register(server, url, "later")
        job = run(server, "later")
    assert job["state"] == "completed", job
    assert words_of(document(server, job)) == ["later"]
    assert said == [204, 204, 204]
    attempts = server.client.get(f"/api/v1/jobs/{job['id']}/attempts").json()["items"]
    log = server.client.get(f"/api/v1/attempts/{attempts[0]['id']}/log").json()["items"]
    assert "hm" in [line["text"] for line in log]


def test_a_result_without_a_last_heartbeat_counts_after_a_while(server: Running) -> None:
    with answering(
        Service(later(lambda request: request.post("resultWebhook", output=output("alone"))))
    ) as url:
        register(server, url, "alone")
        assert words_of(document(server, run(server, "alone"))) == ["alone"]


def test_a_failure_that_comes_later_has_its_reason(server: Running) -> None:
    def work(request: Request) -> None:
        request.post(
            "heartbeatWebhook", status="failed", failureReason="invalid_data", failureMsg="no sound"
        )

    with answering(Service(later(work))) as url:
        register(server, url, "unwell")
        job = run(server, "unwell", max_retries=3)
    assert job["reason"]["code"] == "engine_reported"
    assert "(invalid_data): no sound" in job["reason"]["message"]


def test_a_service_that_is_never_heard_again_fails(server: Running) -> None:
    with answering(Service(lambda _: LATER)) as url:
        register(server, url, "lost")
        job = run(server, "lost", max_retries=0)
    assert job["reason"]["code"] == "heartbeat_timeout"


def test_an_invalid_result_that_comes_later_fails(server: Running) -> None:
    def work(request: Request) -> None:
        wrong = {"validationContracts": ["transcript"], "series": [{}]}
        request.post("resultWebhook", output=wrong)
        request.post("heartbeatWebhook", status="complete")

    with answering(Service(later(work))) as url:
        register(server, url, "wrong")
        job = run(server, "wrong", max_retries=0)
    assert job["reason"]["code"] == "bad_result"


def test_a_file_that_comes_later_is_a_part(server: Running) -> None:
    def work(request: Request) -> None:
        httpx2.post(
            request.fields["resultWebhook"],
            data={"startOffsetMs": "0"},
            files={"file": ("a.png", b"\x89PNG", "image/png")},
        ).raise_for_status()
        request.post("heartbeatWebhook", status="complete")

    with answering(Service(later(work))) as url:
        register(server, url, "files")
        job = run(server, "files")
    assert job["state"] == "completed", job
    parts = server.client.get(f"/api/v1/jobs/{job['id']}/tasks/a/parts").json()["items"]
    assert [(part["media_type"], part["size"]) for part in parts] == [("image/png", 4)]


class Slow(Engine):
    """Takes a while."""

    def run(self, task: Task) -> Result | None:
        text = task.input().path.read_text()
        if text == "bad":
            raise InputRejected("bad", "It is bad.")
        task.log("on it")
        time.sleep(0.2)
        return {"text": text}


def test_an_engine_of_the_kit_can_answer_later(server: Running) -> None:
    with serving(Slow, estimate=1.0) as url:
        register(server, url, "kit-later")
        good, bad = run(server, "kit-later", "fine"), run(server, "kit-later", "bad")
    assert good["state"] == "completed", good
    assert "fine" in str(document(server, good))
    assert "It is bad" in bad["reason"]["message"]


def test_a_token_opens_its_own_attempt_and_only_while_it_runs(server: Running) -> None:
    asked, go = threading.Event(), threading.Event()

    def held(request: Request) -> Answer:
        asked.set()
        assert go.wait(30)
        return 204, b"", ""

    service = Service(held)
    with answering(service) as url:
        register(server, url, "held")
        job = begin(server, "held")
        assert asked.wait(20)
        fields = service.requests[0].fields
        good = fields["cacheURI"]
        assert httpx2.get(good).text == "a small harbour"
        part = httpx2.get(good, headers={"Range": "bytes=2-6"})
        assert (part.status_code, part.text) == (206, "small")
        bare = good.partition("?")[0]
        assert httpx2.get(bare).status_code == 401
        assert httpx2.get(f"{bare}?token=wrong").status_code == 401
        bearer = {"Authorization": f"Bearer {fields['token']}"}
        assert httpx2.get(bare, headers=bearer).status_code == 200
        assert httpx2.get(good.replace("/input/0", "/input/1")).status_code == 404
        key = {"Authorization": f"Bearer {fields['token']}"}
        assert httpx2.get(f"{server.url}/api/v1/jobs", headers=key).status_code == 401
        bad = httpx2.post(fields["heartbeatWebhook"], json={"status": "dancing"})
        assert bad.status_code == 422
        assert httpx2.post(fields["resultWebhook"], json={"output": 1}).status_code == 422
        go.set()
        server.finish(job)
    assert httpx2.get(good).status_code == 409
    assert httpx2.post(fields["heartbeatWebhook"], json={"status": "running"}).status_code == 409
    assert httpx2.post(fields["resultWebhook"], json={"output": {}}).status_code == 409


def test_messages_about_an_earlier_request_are_nobodys(server: Running) -> None:
    def work(request: Request) -> None:
        old = request.fields["resultWebhook"].replace("call=1", "call=7")
        httpx2.post(old, json={"output": output("stale")})
        request.post("resultWebhook", output=output("fresh"))
        request.post("heartbeatWebhook", status="complete")

    with answering(Service(later(work))) as url:
        register(server, url, "stale")
        assert words_of(document(server, run(server, "stale"))) == ["fresh"]
