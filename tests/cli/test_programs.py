"""Programs by commands: made from files, run on JSON, their outputs printed and replaced."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

GRAPH = {
    "tasks": [
        {"name": "find", "engine": "noop"},
        {
            "name": "answer",
            "engine": "answers",
            "params": {"pick": {"total": "/echo/total"}, "sure": "/echo/sure"},
        },
    ],
    "routes": [{"from": "find", "to": "answer"}],
}
PROGRAM = {
    "input_schema": {"type": "object", "required": ["invoice"]},
    "output_schema": {
        "type": "object",
        "required": ["total"],
        "properties": {"total": {"type": "number"}},
    },
    "params": {"find.echo": "/invoice"},
}


def written(file: Path, value: object) -> str:
    file.write_text(json.dumps(value))
    return str(file)


@pytest.fixture
def totals(run: Run, tmp_path: Path) -> str:
    graph, program = written(tmp_path / "g.json", GRAPH), written(tmp_path / "p.json", PROGRAM)
    made = run("pipelines", "create", "totals", "--graph", graph, "--program", program)
    if made.code:  # a test before has made it
        made = run("pipelines", "create", "totals", "--graph", graph, "--program", program,
                   "--replace")  # fmt: skip
    assert made.code == 0, made.err
    return "totals"


def test_a_program_is_run_on_a_file_of_json_and_prints_its_output(
    run: Run, totals: str, tmp_path: Path
) -> None:
    given = {"invoice": {"total": 12.5, "sure": 0.75}}
    file = written(tmp_path / "in.json", given)
    ran = run("run", "--pipeline", totals, "--json-input", file)
    assert (ran.code, json.loads(ran.out)) == (0, {"total": 12.5}), ran.err
    again = run("run", "--pipeline", totals, "--json-input", "-", "--json", stdin=json.dumps(given))
    assert again.json["output"]["confidence"] == 0.75
    job = str(again.json["job"]["number"])
    shown = run("output", job)
    assert json.loads(shown.out) == {"total": 12.5}
    assert "By an engine, 75% sure." in shown.err
    other = written(tmp_path / "other.json", {"total": 13})
    assert run("output", job, "--replace", other, "--json").json["by"] == "person"
    assert json.loads(run("output", job).out) == {"total": 13}


def test_what_breaks_a_schema_is_refused_by_its_field(
    run: Run, totals: str, tmp_path: Path
) -> None:
    wrong = run("run", "--pipeline", totals, "--json-input", written(tmp_path / "in.json", {}))
    assert (wrong.code, "input.invoice" in wrong.err) == (2, True)
    missing = run("run", "--pipeline", totals, "--json-input", str(tmp_path / "none.json"))
    assert missing.code == 2
