"""`jobmill export` and `jobmill exports`."""

import json
import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import Run

FACTS = {"words": [{"start_ms": 0, "end_ms": 400, "text": "Fine"}]}
GRAPH = {"tasks": [{"name": "write", "engine": "output-writer", "params": {"asset": False}}]}


@pytest.fixture
def job(run: Run, tmp_path: Path) -> str:
    graph, given = tmp_path / "write.json", tmp_path / "facts.json"
    graph.write_text(json.dumps(GRAPH))
    given.write_text(json.dumps(FACTS))
    done = run("run", str(given), "--graph", str(graph), "--json")
    assert done.code == 0, done.err
    return str(json.loads(run("jobs", "--limit", "1", "--json").out)["number"])


def test_captions_are_written_to_a_folder(run: Run, job: str, tmp_path: Path) -> None:
    done = run("export", job, "--format", "srt", "--format", "vtt", "--output", str(tmp_path))
    assert done.code == 0, done.err
    assert sorted(Path(line).name for line in done.out.split()) == ["facts.srt", "facts.vtt"]
    assert (tmp_path / "facts.srt").read_text() == "1\n00:00:00,000 --> 00:00:00,400\nFine\n"


def test_one_format_goes_to_standard_output(run: Run, job: str) -> None:
    words = ("export", job, "--format", "ttml", "--option", "max_characters_per_line=2")
    done = run(*words, "--output", "-")
    assert "<p begin" in done.out
    assert ">Fi</p>" in done.out
    two = run("export", job, "--format", "srt", "--format", "vtt", "--output", "-")
    assert (two.code, "one --format" in two.err) == (2, True)


def test_several_jobs_make_an_archive(run: Run, job: str, tmp_path: Path) -> None:
    place = tmp_path / "all.zip"
    words = ("export", job, job, "--format", "txt", "--include-media", "--output", str(place))
    done = run(*words)
    assert (done.code, done.out.strip()) == (0, str(place)), done.err
    with zipfile.ZipFile(place) as archive:
        assert sorted(archive.namelist()) == ["facts-2.txt", "facts.txt", "media/facts.json"]
    listed = json.loads(run("exports", "list", "--limit", "1", "--json").out)
    shown = run("exports", "show", str(listed["number"])).out
    assert f"Export {listed['number']} is complete" in shown
    assert "media/facts.json" in shown
    again = run("exports", "get", str(listed["number"]), "--output", str(tmp_path))
    assert again.code == 0
    assert (tmp_path / f"export-{listed['number']}.zip").read_bytes() == place.read_bytes()


def test_what_cannot_be_written_is_an_error(run: Run, job: str) -> None:
    done = run("export", job, "--format", "srt", "--task", "nobody")
    assert done.code == 1
    assert "No result of task 'nobody'" in done.err
    wrong = run("export", job, "--format", "srt", "--option", "lines")
    assert (wrong.code, "write NAME=VALUE" in wrong.err) == (2, True)
    failed = run("export", job, "--format", "srt", "--task", "nobody", "--zip")
    assert (failed.code, "failed: No result" in failed.err) == (1, True)
