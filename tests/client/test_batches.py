"""The client starts batches of rows, and gets what became of them."""

import json
import zipfile
from pathlib import Path

from jobmill_client import Jobmill

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
PROGRAM = {"input_schema": SCHEMA, "answer": "a"}
TASKS = [{"name": "a", "engine": "noop"}]


def test_a_batch_of_rows_is_started_read_and_exported(client: Jobmill, tmp_path: Path) -> None:
    client.pipelines.create("numbers", tasks=TASKS, program=PROGRAM)
    started = client.batches.start("numbers", [{"n": 1}, {"n": "two"}, {"n": 3}], name="Three")
    assert (started.name, started.pipeline, started.total) == ("Three", "numbers", 3)
    assert started.job is not None
    client.jobs.wait(started.job, 60)
    batch = client.batches.get(started)
    assert (batch.state, batch.size, batch.processed, batch.invalid) == ("partial", 2, 3, 1)
    (error,) = client.batches.errors(batch)
    assert (error.row, error.field) == (1, "n")
    for job in client.jobs.list(batch=batch.id):
        client.jobs.wait(job, 60)
    client.jobs.wait(client.batches.restart(batch), 60)
    made = client.exports.wait(client.exports.jobs({"batch": batch.id}, history=True), 60)
    assert made.jobs == 2
    with zipfile.ZipFile(client.exports.download(made, tmp_path)) as archive:
        listed = json.loads(archive.read("jobs.json"))
    assert [each["input"] for each in listed] == [{"json": {"n": 3}}, {"json": {"n": 1}}]
    assert {each["job"]["generation"] for each in listed} == {2}
    client.jobs.wait(client.batches.cancel(batch), 60)


def test_rows_of_a_file_are_made_all_or_none(client: Jobmill, tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("n\n1\ntwo\n")
    client.pipelines.create("strict", tasks=TASKS, program=PROGRAM)
    asset = client.assets.upload(rows)
    started = client.batches.start("strict", file=asset, strict=True, tags=["lot"])
    assert started.job is not None
    client.jobs.wait(started.job, 60)
    batch = client.batches.get(started)
    assert (batch.state, batch.size, batch.strict) == ("failed", 0, True)
    assert batch.error is not None


def test_an_output_is_marked_and_jobs_are_listed_by_it(client: Jobmill) -> None:
    job = client.jobs.wait(client.jobs.create(input={"json": 1}, tasks=TASKS, tags=["judged"]), 60)
    assert client.jobs.mark(job, False).correct is False
    assert [each.id for each in client.jobs.list(tags=["judged"], correct=False)] == [job.id]
    done = client.bulk("mark", {"tag": ["judged"]}, correct=None)
    assert done.job is not None
    client.jobs.wait(done.job, 60)
    assert client.jobs.get(job).correct is None
