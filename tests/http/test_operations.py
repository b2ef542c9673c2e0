"""What operators rely on: request ids, metrics, CORS, HEAD, and a server that stops."""

from pathlib import Path

import httpx2
import pytest

from tests.running import MakeGate, Running, running


def test_a_request_keeps_its_own_id_when_it_is_plain(idle: Running) -> None:
    def shown(given: str | None) -> str:
        headers = {"X-Request-Id": given} if given else {}
        return idle.client.get("/healthz", headers=headers).headers["x-request-id"]

    assert shown("trace-1:2/3") == "trace-1:2/3"
    assert shown("not plain") != "not plain"
    assert shown("x" * 129) != "x" * 129
    assert shown(None) != shown(None)


def test_metrics_count_jobs_tasks_and_requests(server: Running) -> None:
    server.finish(server.submit())
    server.client.get("/api/v1/jobs/1")
    lines = server.client.get("/metrics").text.splitlines()
    assert any(line.startswith('jobmill_jobs{state="completed"}') for line in lines)
    count = 'jobmill_task_seconds_count{engine="noop",state="done"}'
    assert float(next(line for line in lines if line.startswith(count)).split()[-1]) >= 1
    request = 'jobmill_http_requests_total{method="GET",route="/api/v1/jobs/{job}",status="200"}'
    assert any(line.startswith(request) for line in lines)


def test_metrics_of_a_task_are_counted_once(server: Running, gate: MakeGate) -> None:
    def counted() -> float:
        text = server.client.get("/metrics").text
        named = 'jobmill_task_seconds_count{engine="gate",state="done"}'
        return sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith(named))

    before = counted()
    way = gate()
    job = server.submit(tasks=[way.task()])
    way.open()
    server.finish(job)
    assert counted() == before + 1
    assert counted() == before + 1


def test_metrics_of_all_are_not_told_to_another_organization(idle: Running) -> None:
    made = idle.client.post("/api/v1/organizations", json={"name": "metrics"}).json()
    head = {"Authorization": f"Bearer {made['key']}"}
    answer = idle.client.get("/metrics", headers=head)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_metrics_need_a_key_except_on_this_machine(idle: Running) -> None:
    with httpx2.Client(base_url=idle.url) as plain:
        assert plain.get("/metrics").status_code == 200
        for header in ("X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via"):
            answer = plain.get("/metrics", headers={header: "1.2.3.4"})
            assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
        rebound = plain.get("/metrics", headers={"Host": "evil.example"})
        assert rebound.status_code == 401
        wrong = plain.get("/metrics", headers={"Authorization": "Bearer jm_a_b"})
        assert wrong.status_code == 401
    proxied = idle.client.get("/metrics", headers={"Via": "1.1 proxy"})
    assert proxied.status_code == 200


def test_head_answers_like_get_without_a_body(idle: Running) -> None:
    job = idle.submit()
    got = idle.client.get(job["links"]["self"])
    head = idle.client.head(job["links"]["self"])
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"]
    assert idle.client.head("/api/v1/jobs/nope").status_code == 404
    assert idle.client.head(f"{job['links']['self']}/cancel").status_code == 405


@pytest.fixture(scope="module")
def cors(tmp_path_factory: pytest.TempPathFactory) -> httpx2.Client:  # type: ignore[misc]
    """A client of a server that lets pages of one origin call."""
    data = tmp_path_factory.mktemp("cors")
    with running(data, worker=False, cors_origins=("https://app.example",)) as up:
        yield up.client


def test_a_page_of_a_listed_origin_may_call_and_read_our_headers(cors: httpx2.Client) -> None:
    answer = cors.get("/api/v1/jobs", headers={"Origin": "https://app.example"})
    assert answer.headers["access-control-allow-origin"] == "https://app.example"
    exposed = answer.headers["access-control-expose-headers"]
    for name in ("ETag", "Location", "Idempotency-Replayed", "X-Request-Id", "Content-Range"):
        assert name in exposed
    refused = cors.get("/api/v1/nope", headers={"Origin": "https://app.example"})
    assert refused.headers["access-control-allow-origin"] == "https://app.example"


def test_a_preflight_of_a_listed_origin_is_answered_without_a_key(cors: httpx2.Client) -> None:
    ask = {
        "Origin": "https://app.example",
        "Access-Control-Request-Method": "DELETE",
        "Access-Control-Request-Headers": "authorization, idempotency-key, last-event-id",
        "Access-Control-Request-Private-Network": "true",
        "Authorization": "",
    }
    answer = cors.options("/api/v1/jobs/1", headers=ask)
    assert answer.status_code == 200
    assert "DELETE" in answer.headers["access-control-allow-methods"]
    assert "idempotency-key" in answer.headers["access-control-allow-headers"]
    assert answer.headers["access-control-allow-private-network"] == "true"


def test_a_page_of_a_listed_origin_can_upload_by_tus(cors: httpx2.Client) -> None:
    origin = {"Origin": "https://app.example"}
    wanted = "authorization,tus-resumable,upload-length,upload-metadata,upload-offset"
    asked = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": wanted}
    preflight = cors.options("/api/v1/uploads/1", headers={**origin, **asked})
    assert preflight.status_code == 200
    assert "PATCH" in preflight.headers["access-control-allow-methods"]
    assert preflight.headers["access-control-allow-headers"] == wanted
    abilities = cors.options("/api/v1/uploads", headers=origin)
    made = cors.post(
        "/api/v1/uploads", headers={**origin, "Tus-Resumable": "1.0.0", "Upload-Length": "5"}
    )
    head = cors.head(made.headers["location"], headers={**origin, "Tus-Resumable": "1.0.0"})
    for answer in (abilities, made, head):
        exposed = answer.headers["access-control-expose-headers"].lower().split(", ")
        told = {name for name in answer.headers if name.startswith(("tus-", "upload-", "jobmill-"))}
        assert told
        assert told <= set(exposed)


def test_a_page_of_another_origin_is_told_nothing(cors: httpx2.Client, idle: Running) -> None:
    for client in (cors, idle.client):
        answer = client.get("/api/v1/jobs", headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in answer.headers


def test_a_server_with_open_streams_stops_at_once(tmp_path: Path) -> None:
    headers = {"Accept": "text/event-stream"}
    with running(tmp_path, worker=False) as up:
        job = up.submit()
        streams = [httpx2.Client(base_url=up.url, headers=up.client.headers) for _ in range(3)]
        open_ones = [
            client.send(
                client.build_request("GET", job["links"]["events"], headers=headers), stream=True
            )
            for client in streams
        ]
        began = up.house.clock.now()
        loop = up.loop
    for answer, client in zip(open_ones, streams, strict=True):
        assert "job.created" in "".join(answer.iter_text())  # whole: the stream was ended, not cut
        client.close()
    assert loop.is_closed()
    assert (up.house.clock.now() - began).total_seconds() < 8
