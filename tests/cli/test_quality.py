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


def test_what_one_server_knows_can_be_carried_to_another_pipeline(run: Run, tmp_path: Path) -> None:
    graph, file = tmp_path / "graph.json", tmp_path / "known.jsonl"
    graph.write_text('{"tasks": [{"engine": "noop"}]}')
    for name in ("from", "to"):
        assert run("pipelines", "create", name, "--graph", str(graph)).code == 0
    for n in "12":
        right = ("--label", f"label {n}", "--input-json", n, "--tag", "t", "--metadata", "k=v")
        assert run("truths", "add", "from", *right).code == 0
    file.write_text(run("truths", "list", "--pipeline", "from", "--json").out)
    assert run("truths", "import", "to", str(file)).out.strip() == "2 kept."
    kept = run("truths", "list", "--pipeline", "to", "--json").lines
    assert [(each["label"], each["input"]) for each in kept] == [
        ("label 1", {"json": 1}),
        ("label 2", {"json": 2}),
    ]
    assert {(each["tag"], each["metadata"]["k"]) for each in kept} == {("t", "v")}


def test_a_line_that_cannot_be_kept_is_named(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "known.jsonl"
    good = '{"input": {"json": 1}, "label": 1}'
    for bad in ("{", "[]", '{"input": 1, "label": 1}', '{"input": {"json": 1}, "label": null}'):
        file.write_text(f"{good}\n\n{bad}\n")
        ran = run("truths", "import", "indexing", str(file))
        assert (ran.code, "line 3:" in ran.err) == (2, True), bad
    assert run("truths", "list", "--pipeline", "indexing", "--json").out == ""
    file.write_text(f"{good}\n" + '{"input": {"json": 1, "url": "x"}, "label": 1}')
    ran = run("truths", "import", "indexing", str(file))
    assert (ran.code, "line 2:" in ran.err) == (2, True)
