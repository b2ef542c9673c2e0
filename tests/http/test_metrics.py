"""`/metrics`: what operators draw, without a name that belongs to a user."""

import re
from ipaddress import ip_network
from pathlib import Path

import httpx2
import pytest

from jobmill.core.accounts import Right
from tests.running import MakeGate, Running, running

STATES = ("queued", "taken")
SERIES = re.compile(r"^([a-z_]+)(?:\{(.*)\})? ([0-9.e+-]+|NaN)$")


def figures(server: Running) -> dict[str, float]:
    """Values by name with labels, but for the figures of the process."""
    text = server.client.get("/metrics").text
    lines = [line for line in text.splitlines() if not line.startswith(("#", "process_"))]
    found = [SERIES.match(line) for line in lines]
    assert all(found), [line for line, match in zip(lines, found, strict=True) if not match]
    return {f"{m[1]}{{{m[2]}}}" if m[2] else m[1]: float(m[3]) for m in found if m}


def test_a_job_is_seen_on_its_whole_way(server: Running, gate: MakeGate) -> None:
    before = figures(server)

    def more(name: str) -> float:
        return figures(server).get(name, 0) - before.get(name, 0)

    way = gate()
    job = server.submit(tasks=[way.task()])
    way.tell("progress 10")
    assert more('jobmill_jobs_created_total{type="graph"}') == 1
    assert more("jobmill_task_claims_total") == 1
    assert figures(server)['jobmill_tasks_running{engine="gate"}'] == 1
    way.open()
    server.finish(job)
    assert more('jobmill_jobs_ended_total{state="completed",type="graph"}') == 1
    assert more('jobmill_task_settlements_total{state="done"}') == 1
    assert more('jobmill_task_seconds_count{engine="gate",state="done"}') == 1
    assert more('jobmill_task_wait_seconds_count{engine="gate"}') == 1
    assert 'jobmill_tasks_running{engine="gate"}' not in figures(server)


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/api/v1/jobs/1", "/api/v1/jobs/{job}"),
        ("/api/ai/jobs/5fd029158c82e7313614426f", "/api/ai/jobs/{name}"),
        ("/api/ai/elsewhere/5", "/api/ai/{path:path}"),
        ("/healthz", "/healthz"),
        ("/nowhere", "unknown"),
    ],
)
def test_requests_are_counted_by_route_whatever_kind_it_is_of(
    server: Running, path: str, route: str
) -> None:
    def count() -> float:
        seen = figures(server)
        return sum(seen[name] for name in seen if f'_total{{method="GET",route="{route}"' in name)

    before = count()
    server.client.get(path)
    assert count() == before + 1


PARTS = """
from jobmill_engine import Engine, serve

class Made(Engine):
    def run(self, task):
        if task.mode != "chunk":
            for each in range(3):
                task.output("out", b"four", "text/plain")
        elif task.input().number == 1:
            with open(task.parameters["gate"]) as gate:
                gate.read()
        return {"made": 1}

serve(Made)
"""


def test_parts_and_chunks_are_counted_by_engine(server: Running, gate: MakeGate) -> None:
    for name, mode in (("parts-writer", "whole"), ("parts-reader", "chunk")):
        folder = server.house.settings.data / "engines" / name
        folder.mkdir(parents=True)
        (folder / "__main__.py").write_text(PARTS)
        (folder / "engine.toml").write_text(
            f"""[engine]\nid = "{name}"\nname = "{name}"\ncategory = "utility"\nversion = "1"
license = "Apache-2.0"\ncommand = ["{{python}}", "__main__.py"]\nmodes = ["{mode}"]\n"""
        )
    way = gate()
    tasks = [
        {"name": "write", "engine": "parts-writer"},
        {"name": "read", "engine": "parts-reader", "params": {"gate": str(way.path)}},
    ]
    job = server.submit(tasks=tasks, routes=[{"from": "write", "to": "read"}], input={"json": 1})
    way.tell()
    seen = figures(server)
    assert seen['jobmill_parts_total{engine="parts-writer"}'] == 3
    assert seen['jobmill_part_bytes_total{engine="parts-writer"}'] == 12
    open_chunks = [seen[f'jobmill_chunks{{engine="parts-reader",state="{s}"}}'] for s in STATES]
    assert open_chunks[1] >= 1
    assert sum(open_chunks) == 2
    way.open()
    server.finish(job)
    seen = figures(server)
    assert seen['jobmill_parts_total{engine="parts-reader"}'] == 3
    assert not any(name.startswith("jobmill_chunks{") for name in seen)


def test_open_reviews_and_blocked_jobs_are_told(server: Running) -> None:
    def told() -> list[float]:
        seen = figures(server)
        names = ['reviews{state="waiting"}', 'reviews{state="claimed"}', 'jobs{state="blocked"}']
        return [seen[f"jobmill_{name}"] for name in names]

    assert told() == [0, 0, 0]
    assert figures(server)["jobmill_reviews_oldest_seconds"] == 0
    job = server.submit(
        tasks=[{"name": "a", "engine": "noop"}, {"name": "ask", "review": {"step": "check"}}],
        routes=[{"from": "a", "to": "ask"}],
    )
    events = f"/api/v1/jobs/{job['id']}/events"
    with server.client.stream("GET", events, headers={"Accept": "text/event-stream"}) as stream:
        assert any(line == "event: review.opened" for line in stream.iter_lines())
    assert told() == [1, 0, 1]
    assert figures(server)["jobmill_reviews_oldest_seconds"] > 0
    (review,) = server.client.get("/api/v1/reviews").json()["items"]
    server.client.post(f"/api/v1/reviews/{review['id']}/checkout").raise_for_status()
    assert told() == [0, 1, 1]
    answer = {"answer": "confirm"}
    server.client.post(f"/api/v1/reviews/{review['id']}/answer", json=answer).raise_for_status()
    server.finish(job)
    assert told() == [0, 0, 0]


def test_worker_slots_commits_and_room_are_told(server: Running) -> None:
    server.finish(server.submit())
    seen = figures(server)
    assert seen["jobmill_workers"] == 1
    assert seen['jobmill_worker_slots{state="free"}'] >= 1
    assert seen["jobmill_database_commit_seconds_count"] >= 1
    assert seen["jobmill_disk_free_bytes"] > 0


def test_tries_to_send_webhooks_are_counted(tmp_path: Path) -> None:
    with running(tmp_path / "data", fetch_allow=(ip_network("127.0.0.0/8"),)) as up:
        body = {"url": "http://127.0.0.1:9/nobody", "events": ["job.completed"]}
        up.client.post("/api/v1/endpoints", json=body).raise_for_status()
        up.finish(up.submit())
        while not (seen := figures(up))['jobmill_delivery_attempts_total{outcome="refused"}']:
            up.call(up.house.bell.wait(up.house.bell.count, 0.2))
        assert seen["jobmill_deliveries_waiting"] == 1
        assert seen["jobmill_deliveries_overdue_seconds"] == 0
        assert seen['jobmill_endpoints{state="failing"}'] == 1
        assert seen['jobmill_endpoints{state="enabled"}'] == 0


def test_what_waits_is_told_by_pool(tmp_path: Path) -> None:
    with running(tmp_path / "data", worker=False) as idle:
        for _ in range(3):
            idle.submit()
        seen = figures(idle)
        assert seen['jobmill_queue_tasks{pool="cpu"}'] == 3
        assert seen['jobmill_queue_oldest_seconds{pool="cpu"}'] >= 0
        assert seen['jobmill_jobs{state="queued"}'] == 3


def test_a_figure_can_be_added(tmp_path: Path) -> None:
    with running(tmp_path / "data", worker=False) as idle:
        idle.app.state.metrics.add(
            "jobmill_parcels", "Parcels.", ["state"], lambda work: {("sent",): 2, ("late",): 1}
        )
        idle.app.state.metrics.add("jobmill_post", "Post.", [], lambda work: {(): 5})
        seen = figures(idle)
        assert seen['jobmill_parcels{state="late"}'] == 1
        assert seen["jobmill_post"] == 5


def test_no_name_that_a_user_chose_is_told(server: Running) -> None:
    secret = "secretname"
    server.client.post(
        "/api/v1/pipelines", json={"name": secret, "tasks": [{"name": "a", "engine": "noop"}]}
    ).raise_for_status()
    body = {"pipeline": secret, "input": {"json": 1}, "origin": secret}
    job = server.client.post("/api/v1/jobs", json=body).json()
    server.finish(job)
    server.client.get(f"/api/v1/pipelines/{secret}")
    server.client.get(f"/{secret}")
    server.client.request("SECRETNAME", "/healthz")
    text = server.client.get("/metrics").text
    assert secret not in text.lower()
    assert "default" not in text  # the organization
    assert 'jobmill_jobs_ended_total{state="completed",type="pipeline"}' in text


@pytest.mark.parametrize(("right", "status"), [(Right.ENGINES_READ, 200), (Right.JOBS_READ, 403)])
def test_a_key_needs_the_right_to_read_engines(idle: Running, right: Right, status: int) -> None:
    headers = {"Authorization": f"Bearer {idle.key_with(right)}"}
    assert httpx2.get(f"{idle.url}/metrics", headers=headers).status_code == status
