"""`jobmill batches` and `jobmill mark`."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from jobmill_client import Jobmill
from tests.cli.conftest import Run
from tests.serving import ServerProcess

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


@pytest.fixture(scope="module")
def pipeline(server: ServerProcess) -> str:
    with Jobmill(server.url, server.key) as client:
        tasks = [{"name": "a", "engine": "noop"}]
        program = {"input_schema": SCHEMA, "answer": "a"}
        client.pipelines.create("numbers", tasks=tasks, program=program)
    return "numbers"


def started(run: Run, *words: str, code: int = 0) -> dict[str, Any]:
    done = run("batches", "start", *words, "--json")
    assert done.code == code, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def test_rows_of_a_file_become_jobs(run: Run, pipeline: str, tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("n\n1\ntwo\n3\n")
    words = (str(rows), "--pipeline", pipeline, "--tag", "cli", "--name", "Lot", "--parked")
    batch = started(run, *words)
    assert (batch["state"], batch["size"], batch["counts"]) == ("partial", 2, {"parked": 2})
    number = str(batch["number"])
    shown = run("batches", "show", number).out
    assert "partial" in shown
    assert "3 of 3 rows read, 1 wrong" in shown
    (error,) = run("batches", "errors", number).out.splitlines()[1:]
    assert error.split()[:2] == ["1", "n"]
    for action in ("cancel", "restart", "retry"):
        done = run("batches", action, number)
        assert done.code == 0, done.err
    place = tmp_path / "lot.zip"
    words = ("exports", "jobs", "--batch", number, "--history", "--output", str(place))
    assert run(*words).code == 0
    with zipfile.ZipFile(place) as archive:
        assert len(json.loads(archive.read("jobs.json"))) == 2


def test_a_batch_of_which_nothing_is_made_is_a_failure(
    run: Run, pipeline: str, tmp_path: Path
) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"n": 1}\n{"n": 1}\n')
    words = (str(rows), "--pipeline", pipeline, "--strict", "--row-key", "n")
    batch = started(run, *words, code=1)
    assert (batch["state"], batch["invalid"]) == ("failed", 1)


def test_an_output_is_marked(run: Run, tmp_path: Path) -> None:
    graph = tmp_path / "graph.json"
    graph.write_text(json.dumps({"tasks": [{"name": "a", "engine": "noop"}]}))
    words = ("run", "--input-json", "1", "--graph", str(graph), "--tag", "judged", "--json")
    assert run(*words).code == 0
    marked = json.loads(run("mark", "last", "--incorrect", "--json").out)
    assert marked["correct"] is False
    (listed,) = run("jobs", "--tag", "judged", "--incorrect", "--json").out.splitlines()
    assert json.loads(listed)["id"] == marked["id"]
    words = ("bulk", "mark", "--tag", "judged", "--correct", "--yes", "--json")
    assert json.loads(run(*words).out)["matched"] == 1
    assert json.loads(run("mark", "last", "--json").out)["correct"] is None
