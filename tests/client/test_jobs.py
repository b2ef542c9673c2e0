"""Jobs through the client, on a real server."""

import math
import struct
import wave
from pathlib import Path

import pytest

from jobmill_client import Conflict, InvalidInput, Jobmill, NotAuthenticated, NotFound, WaitTimeout
from tests.serving import Drill, ServerProcess

ECHO = [{"name": "a", "engine": "noop", "params": {"echo": {"deep": [1, "ü"]}}}]


def make_wave(path: Path) -> Path:
    """One second of silence, then one of a tone."""
    samples = [0] * 8000 + [round(12000 * math.sin(i / 3)) for i in range(8000)]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return path


def test_a_job_runs_to_its_result(client: Jobmill) -> None:
    job = client.jobs.create(input={"json": {"n": 1}}, tasks=ECHO, origin="test", priority=7)
    ended = client.jobs.wait(job, timeout=60)
    assert (ended.state, ended.progress.percent) == ("completed", 100)
    assert (ended.origin, ended.priority, ended.type) == ("test", 7, "graph")
    assert ended.ended
    (result,) = client.jobs.results(job)
    assert result.document["echo"] == {"deep": [1, "ü"]}
    assert result.provenance.engine == "noop"
    (task,) = client.jobs.tasks(job)
    assert (task.name, task.state) == ("a", "done")


def test_id_and_number_name_the_same_job(client: Jobmill) -> None:
    job = client.jobs.create(input={"json": 1}, tasks=ECHO)
    assert client.jobs.get(job.number).id == client.jobs.get(job.id).id == job.id


def test_run_uploads_waits_and_finds(client: Jobmill, tmp_path: Path) -> None:
    file = make_wave(tmp_path / "Stille & Ton.wav")
    job = client.run(file, ["SILENCE"], timeout=60)
    assert job.state == "completed", job.reason
    (result,) = client.jobs.results(job, feature="SILENCE")
    (span,) = result.spans
    assert span.start_ms == 0
    assert span.end_ms == pytest.approx(1000, abs=33)
    assert client.jobs.results(job, feature="NONE") == ()


def test_the_same_key_makes_one_job(client: Jobmill) -> None:
    asked = {"input": {"json": 1}, "tasks": ECHO, "idempotency_key": "client-test-1"}
    first, second = (client.jobs.create(**asked) for _ in range(2))  # type: ignore[arg-type]
    assert first.id == second.id
    with pytest.raises(Conflict) as caught:
        client.jobs.create(**{**asked, "input": {"json": 2}})  # type: ignore[arg-type]
    assert caught.value.code == "idempotency_mismatch"


def test_a_list_goes_over_all_pages_and_each_job_comes_once(client: Jobmill) -> None:
    made = [client.jobs.create(input={"json": n}, tasks=ECHO).id for n in range(5)]
    for job in made:
        client.jobs.wait(job, 60)
    listed = [job.id for job in client.jobs.list(page_size=2)]
    assert listed[:5] == made[::-1]
    assert len(set(listed)) == len(listed)
    assert [job.id for job in client.jobs.list(limit=3)] == made[:1:-1]
    assert all(job.state == "completed" for job in client.jobs.list(state=["completed"], limit=4))
    assert list(client.jobs.list(state="expired")) == []
    assert list(client.jobs.list(type="no such type")) == []


def test_waiting_ends_when_its_time_is_over_and_the_job_goes_on(
    client: Jobmill, drill: Drill
) -> None:
    job = client.jobs.create(input={"json": 1}, tasks=drill.tasks)
    drill.wait_begun()
    with pytest.raises(WaitTimeout, match="running"):
        client.jobs.wait(job, timeout=0.3)
    drill.release()
    assert client.jobs.wait(job, timeout=60).state == "completed"


def test_cancel_stops_a_running_job_and_may_be_said_twice(client: Jobmill, drill: Drill) -> None:
    job = client.jobs.create(input={"json": 1}, tasks=drill.tasks)
    drill.wait_begun()
    assert client.jobs.cancel(job).state in ("cancelling", "cancelled")
    assert client.jobs.cancel(job).state in ("cancelling", "cancelled")
    assert client.jobs.wait(job, timeout=30).state == "cancelled"


def test_retry_runs_what_failed_and_keeps_the_history(client: Jobmill, tmp_path: Path) -> None:
    needed = tmp_path / "needed"
    tasks = [{"name": "t", "engine": "drill", "params": {"needs": str(needed)}}]
    job = client.jobs.create(input={"json": 1}, tasks=tasks)
    failed = client.jobs.wait(job, 60)
    assert failed.state == "failed"
    assert failed.reason is not None
    assert failed.reason.code == "not_yet"
    needed.touch()
    client.jobs.retry(job)
    assert client.jobs.wait(job, 60).state == "completed"
    first, second = client.jobs.attempts(job)
    assert first.failure is not None
    assert (first.state, second.state) == ("failed", "done")
    assert "the drill begins" in [line.text for line in client.jobs.log(second)]
    assert client.jobs.restart(job).generation == 3
    assert client.jobs.wait(job, 60).state == "completed"


def test_a_deleted_job_is_gone(client: Jobmill) -> None:
    job = client.jobs.wait(client.jobs.create(input={"json": 1}, tasks=ECHO), 60)
    client.jobs.delete(job)
    with pytest.raises(NotFound) as caught:
        client.jobs.get(job)
    assert caught.value.code == "job_not_found"


def test_a_wrong_request_names_the_field(client: Jobmill) -> None:
    with pytest.raises(InvalidInput) as caught:
        client.jobs.create(input="nowhere.mp4", features=["SILENC"])
    assert caught.value.code == "unknown_feature"
    assert "SILENCE" in caught.value.message


def test_a_wrong_key_opens_nothing(server: ServerProcess) -> None:
    with Jobmill(server.url, "wrong") as stranger, pytest.raises(NotAuthenticated):
        next(stranger.jobs.list())


def test_the_data_folder_is_enough_to_reach_a_local_server(server: ServerProcess) -> None:
    with Jobmill(data=server.data) as client:
        assert client.url == server.url
        assert client.ready()
        assert [worker.name for worker in client.workers.list()] == ["worker-1"]


def test_the_catalog_can_be_read(client: Jobmill) -> None:
    engines = {engine.id: engine for engine in client.engines.list()}
    assert {"noop", "scan", "drill"} <= set(engines)
    assert client.engines.get("scan").features == engines["scan"].features
    features = {feature.name: feature for feature in client.features.list()}
    assert features["IN_BLACK"].engine == "scan"
    assert "delay" in features["IN_BLACK"].parameters["properties"]


def test_pipelines_are_made_edited_used_and_deleted(client: Jobmill) -> None:
    name = "twice über 100%"
    made = client.pipelines.create(name, tasks=ECHO, description="says it again")
    assert made.version == 1
    assert (
        client.pipelines.replace(name, tasks=[*ECHO, {"name": "b", "engine": "noop"}]).version == 2
    )
    assert name in [each.name for each in client.pipelines.list()]
    job = client.jobs.wait(client.jobs.create(input={"json": 1}, pipeline=name), 60)
    assert job.pipeline == name
    assert len(client.jobs.tasks(job)) == 2
    client.pipelines.delete(name)
    with pytest.raises(NotFound):
        client.pipelines.get(name)
