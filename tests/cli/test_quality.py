"""Ground truth, quality and calibrations by commands."""

from pathlib import Path

from tests.cli.conftest import Run


def test_what_is_known_is_kept_drawn_and_measured(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "graph.json"
    file.write_text('{"tasks": [{"engine": "noop", "params": {"echo": {"a": "x", "b": 1}}}]}')
    assert run("pipelines", "create", "known", "--graph", str(file)).code == 0
    right = ("--label", '{"echo": {"a": "y", "b": 1}}', "--input-json", "1", "--tag", "easy")
    added = run("truths", "add", "known", *right, "--json").json
    assert (added["label"], added["tag"]) == ({"echo": {"a": "y", "b": 1}}, "easy")
    drawn = run("calibrate", "known", "1", "--tag", "easy", "--json").json["jobs"]
    assert [each["truth"] for each in drawn] == [added["number"]]
    assert run("watch", str(drawn[0]["number"])).code == 0
    told = run("quality", "known", "--by", "engine", "--every", "day").out.splitlines()
    assert told[1].split()[1:] == ["1", "0", "0.0", "%", "50.0", "%"]
    assert [line.split() for line in told if line.startswith("/echo/a ")] == [
        ["/echo/a", "1", "0", "0.0", "%"],
        ["/echo/a", "y", "x", "1"],
    ]
    kept = run("truths", "add", "--job", str(drawn[0]["number"]), "--json").json
    assert kept["label"]["echo"] == {"a": "x", "b": 1}
    assert run("truths", "edit", str(kept["number"]), "--label", "plain text").code == 0
    listed = run("truths", "list", "--pipeline", "known").out
    assert "plain text" in listed
    assert run("truths", "delete", str(kept["number"])).code == 0
    shown = run("truths", "show", str(kept["number"]), "--json").json
    assert (shown["state"], shown["label"]) == ("deleted", "plain text")


def test_what_is_missing_is_said(run: Run) -> None:
    for words in (
        ("truths", "add"),
        ("truths", "add", "p", "--job", "1"),
        ("truths", "add", "p", "--label", "x"),
        ("truths", "add", "--job", "1", "--asset", "x"),
        ("truths", "edit", "1"),
        ("truths", "add", "p", "--label", "x", "--asset", "a", "--input-json", "1"),
    ):
        assert run(*words).code == 2, words
