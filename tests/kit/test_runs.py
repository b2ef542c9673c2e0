"""An author runs an engine in any mode without a server, and is told which rule it breaks."""

import re
from pathlib import Path

import pytest

from jobmill_engine.scaffold import write_engine
from jobmill_engine.testing import Chunk, Made, Silence, assert_conforms, exercise, run_engine

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "write-an-engine.md"
RAW = """
import json, os, sys
def say(**message): print(json.dumps(message), flush=True)
say(type="ready", protocol=1, engine="raw", version="1")
for line in sys.stdin:
    run = json.loads(line)
    if run["type"] == "shutdown": break
    if run["type"] != "run": continue
    os.chdir(run["workdir"])
    open("file", "w").close()
    say(type="started", attempt=run["attempt"])
    def tell(type, **more): say(type=type, attempt=run["attempt"], **more)
    def output(number, port="out"):
        tell("output", port=port, path="file", media_type="t/t", number=number)
    def answer(number): tell("chunk_done", number=number)
    BODY
    tell("done", document="{}")
"""


def written(folder: Path, body: str, *, modes: str) -> Path:
    """The scaffold's folder with another program and other modes."""
    made = write_engine("tried", folder)
    (made / "__main__.py").write_text(body)
    manifest = made / "engine.toml"
    manifest.write_text(re.sub(r"modes = .*", f"modes = {modes}", manifest.read_text()))
    return made


@pytest.fixture
def upper(tmp_path: Path) -> Path:
    """The engine of the guide."""
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S)
    (code,) = [block for block in blocks if "class Upper" in block]
    program = f"from jobmill_engine import *\n{code}\nserve(Upper)\n"
    made = written(tmp_path, program, modes='["whole", "stream", "chunk"]')
    manifest = made / "engine.toml"
    manifest.write_text(manifest.read_text().replace('"text/*"', '"*/*"'))
    return made


def test_a_new_engine_offers_every_mode_and_is_checked_in_each(tmp_path: Path) -> None:
    checks = exercise(write_engine("new-one", tmp_path))
    names = [check.name for check in checks]
    assert [check for check in checks if check.problem] == []
    assert "it runs hello.txt as a stream" in names
    assert "it runs hello.txt as chunks" in names


def test_the_guides_engine_does_the_same_in_every_mode(upper: Path, tmp_path: Path) -> None:
    assert_conforms(upper)
    file = tmp_path / "a.txt"
    file.write_text("small")
    assert run_engine(upper, file).bytes_of() == b"SMALL"
    large = b"abc" * 1_000_000
    ran = run_engine(upper, stream=large)
    assert ran.bytes_of() == large.upper()
    assert [part.number for part in ran.parts] == [0, 1, 2]
    ran = run_engine(upper, chunks=[b"one", file, Chunk(b"two", {"start_ms": 5}, "text/plain")])
    assert ran.parts[1:] == [
        Made("out", 1, b"SMALL", "text/plain", {}),
        Made("out", 2, b"TWO", "text/plain", {"start_ms": 5}),
    ]
    assert ran.chunks == {0: None, 1: None, 2: None}


def test_chunks_that_fail_and_those_that_do_not_are_told_apart(tmp_path: Path) -> None:
    ran = run_engine(write_engine("new-one", tmp_path), chunks=[b"one two", b"\xff", b"three"])
    assert [(ran.chunks[n] or {})["words"] for n in (0, 2)] == [2, 1]
    assert [(n, failed.code) for n, failed in ran.failures.items()] == [(1, "not_text")]
    assert ran.failed is None
    assert ran.document == {}


def test_parts_that_are_kept_can_be_skipped(tmp_path: Path) -> None:
    program = (
        "from jobmill_engine import *\nclass Skipping(Engine):\n    def run(self, task):\n"
        "        for n in range(task.skip('out'), 6): task.output('out', str(n).encode(), 't/t')\n"
        "        return {'kept': task.kept('out')}\nserve(Skipping)\n"
    )
    folder = written(tmp_path, program, modes='["stream"]')
    ran = run_engine(folder, stream=b"", kept={"out": 4}, lead=1)
    assert [part.number for part in ran.parts] == [4, 5]
    assert ran.document == {"kept": 4}


@pytest.mark.parametrize(
    ("modes", "body", "words"),
    [
        ('["stream"]', "output(1)", "although 0 is the next"),
        ('["stream"]', "output(0); output(1)", "credit"),
        ('["stream"]', "output(0, port='side')", "does not name"),
        ('["stream"]', "output(None)", "no number"),
        ('["chunk"]', "answer(3)", "2 of its chunks"),
        ('["chunk"]', "answer(3); answer(3)", "twice"),
        ('["chunk"]', "answer(99)", "not given"),
        ('["chunk"]', "output(3); output(3)", "two parts|No such file|no file"),
    ],
)
def test_an_engine_that_breaks_a_rule_does_not_conform(
    tmp_path: Path, modes: str, body: str, words: str
) -> None:
    folder = written(tmp_path, RAW.replace("BODY", body), modes=modes)
    problems = [check.problem for check in exercise(folder, timeout=10) if "hello" in check.name]
    assert len(problems) == 1
    assert re.search(words, problems[0])


def test_an_engine_that_never_reads_its_pipe_may_end(tmp_path: Path) -> None:
    folder = written(tmp_path, RAW.replace("BODY", "output(0)"), modes='["stream"]')
    assert run_engine(folder, stream=bytes(1 << 20)).document == {}


def test_an_engine_that_says_nothing_is_given_up(tmp_path: Path) -> None:
    folder = written(tmp_path, RAW.replace("BODY", "sys.stdin.read()"), modes='["stream"]')
    with pytest.raises(Silence, match="said nothing in time"):
        run_engine(folder, stream=b"", timeout=2)


SPOOLING = """
from jobmill_engine import *
class Counting(Engine):
    def run(self, task):
        try:
            task.input().path.read_text()
        except UnicodeDecodeError as error:
            raise InputRejected("no_text", "This is no text.") from error
        if task.spool is None:
            return {"spool": None}
        with (task.spool / "notes").open("a+") as notes:
            notes.write("once\\n")
            notes.seek(0)
            return {"spool": len(notes.readlines())}
serve(Counting)
"""


def test_an_engine_that_asks_for_a_spool_finds_it_again(tmp_path: Path) -> None:
    made = written(tmp_path / "e", SPOOLING, modes='["whole", "chunk"]')
    hello = made / "samples" / "hello.txt"
    assert run_engine(made, hello).document == {"spool": None}
    manifest = made / "engine.toml"
    manifest.write_text(manifest.read_text().replace("modes =", "spool = true\nmodes ="))
    spool = tmp_path / "spool"
    found = [run_engine(made, hello, spool=spool).document for _ in range(2)]
    assert found == [{"spool": 1}, {"spool": 2}]
    assert run_engine(made, hello).document == {"spool": 1}, "its own, if none is given"
    assert run_engine(made, chunks=[b"a"]).chunks == {0: {"spool": None}}
    assert [check for check in exercise(made) if check.problem] == []
