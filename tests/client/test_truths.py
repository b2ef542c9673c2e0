"""Ground truth, quality and calibrations by the client."""

from datetime import UTC, datetime, timedelta

from jobmill_client import Jobmill


def test_truths_are_kept_and_jobs_measured_against_them(client: Jobmill) -> None:
    task = {"name": "look", "engine": "noop", "params": {"echo": "cat"}}
    client.pipelines.create("by client", tasks=[task])
    known = client.truths.add("by client", {"json": {"n": 1}}, {"echo": "cat"}, tag="easy")
    assert (known.kind, known.state, known.tag) == ("owner", "active", "easy")
    edited = client.truths.edit(known, label={"echo": "dog"}, tag=None)
    assert (edited.label, edited.tag) == ({"echo": "dog"}, None)
    drawn = client.pipelines.calibrate("by client", 1)
    job = client.jobs.wait(drawn.jobs[0].id)
    assert (job.kind, job.truth) == ("calibration", known.number)
    start = datetime.now(UTC) - timedelta(hours=1)
    found = client.pipelines.quality("by client", by="engine", every="month", since=start)
    (engine,) = found.subjects
    assert (engine.measured, engine.correct, engine.accuracy) == (1, 0, 0.0)
    assert [(c.truth, c.given) for c in engine.confusion] == [("dog", "cat")]
    assert [period.measured for period in engine.periods] == [1]
    mine = client.truths.add_job(job)
    assert (mine.label["echo"], mine.job) == ("cat", job.number)
    listed = [each.number for each in client.truths.list("by client", limit=5)]
    assert listed == [mine.number, known.number]
    client.truths.delete(mine)
    assert client.truths.get(mine).state == "deleted"
    assert [each.number for each in client.truths.list("by client", state="deleted")] == [
        mine.number
    ]
