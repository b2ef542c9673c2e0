"""Engines that speak the protocol by themselves and break its rules on parts and chunks."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jobmill.core.engines.ports import Done, EngineInput, Failed, Outcome
from tests.adapters.subprocess.conftest import MakeRunner
from tests.adapters.subprocess.engines import Listener, call, write_engine

RAW = """
import json, os, sys
def say(**message): print(json.dumps(message), flush=True)
say(type="ready", protocol=1, engine="tested", version="1")
run = json.loads(sys.stdin.readline())
say(type="started", attempt=run["attempt"])
os.chdir(run["workdir"])
open("file", "w").close()
os.symlink("/etc/hostname", "link")
os.mkfifo("pipe")
open("list.json", "w").write("[1]")
for message in json.loads({script!r}):
    say(attempt=run["attempt"], **message)
sys.stdin.read()
"""
DONE = {"type": "done", "document": "{}"}


def output(number: int | None, port: str = "out", path: str = "file") -> dict[str, Any]:
    return {
        "type": "output",
        "port": port,
        "path": path,
        "media_type": "text/plain",
        "number": number,
    }


def answer(number: int, **more: str) -> dict[str, Any]:
    return {"type": "chunk_done", "number": number, **more}


def play(
    runner: MakeRunner, tmp_path: Path, mode: str, script: list[dict[str, Any]]
) -> tuple[Outcome, Listener]:
    """Run an engine that says this; in mode chunk it is given the chunks 0, 1 and 2."""
    program = RAW.format(script=json.dumps(script))
    manifest = write_engine(tmp_path / "engine", program, engine='modes = ["stream", "chunk"]')
    file = tmp_path / "chunk"
    file.touch()
    numbers = range(3 if mode == "chunk" else 0)
    inputs = tuple(EngineInput("in", file, "text/plain", "c", number) for number in numbers)
    made = replace(
        call(manifest, tmp_path, inputs=inputs),
        mode=mode,
        credit={"out": 4},
        resume={"out": 2} if mode == "stream" else {},
    )
    listener = Listener()

    async def go() -> Outcome:
        async with runner() as house, asyncio.timeout(60):
            return await house.run(made, listener)

    return asyncio.run(go()), listener


STREAMS: dict[str, tuple[list[dict[str, Any]], str, str, int]] = {
    "leaves a number out": ([output(0), output(4)], "bad_part", "part 4 of port 'out'", 1),
    "repeats a number": ([output(0), output(0)], "bad_part", "although 1 is the next", 1),
    "gives no number": ([output(None)], "bad_part", "no number", 0),
    "counts below nought": ([output(-1)], "bad_part", "part -1", 0),
    "skips more than is kept": ([output(3)], "bad_part", "although 0 is the next", 0),
    "goes back": ([output(2), output(1)], "bad_part", "although 3 is the next", 1),
    "writes beyond its credit": (
        [output(2), output(3), output(4)],
        "credit_exceeded",
        "only those below 4",
        2,
    ),
    "names an unknown port": ([output(0, port="side")], "unknown_port", 'name = "side"', 0),
    "names the input port": ([output(0, port="in")], "unknown_port", "'in'", 0),
    "names a file outside": ([output(0, path="/etc/hostname")], "bad_result", "/etc/hostname", 0),
    "climbs out": ([output(0, path="../../../etc/hostname")], "bad_result", "hostname", 0),
    "links out": ([output(0, path="link")], "bad_result", "no regular file", 0),
    "names a pipe": ([output(0, path="pipe")], "bad_result", "no regular file", 0),
    "names nothing": ([output(0, path="absent")], "bad_result", "No such file", 0),
    "tells too much": ([output(0) | {"meta": {"x": "y" * 5000}}], "bad_part", "at most 4096", 0),
    "tells no JSON": ([output(0) | {"meta": {"x": float("nan")}}], "bad_part", "plain JSON", 0),
    "tells half a character": ([output(0) | {"meta": {"\ud800": 1}}], "bad_part", "plain", 0),
    "answers a chunk": ([answer(0)], "protocol_broken", "chunk_done in mode stream", 0),
}


@pytest.mark.parametrize("what", STREAMS)
def test_a_stream_that_breaks_a_rule_fails_with_its_code(
    runner: MakeRunner, tmp_path: Path, what: str
) -> None:
    script, code, words, told = STREAMS[what]
    outcome, listener = play(runner, tmp_path, "stream", [*script, DONE])
    assert isinstance(outcome, Failed), outcome
    assert (outcome.failure, outcome.code) == ("engine", code)
    assert words in outcome.message
    assert len(listener.outputs) == told


ALL = [answer(0), answer(1), answer(2)]
CHUNKS: dict[str, tuple[list[dict[str, Any]], str, str]] = {
    "answers twice": ([answer(0), answer(0)], "chunk_answered_twice", "chunk 0 twice"),
    "answers in both ways": (
        [
            answer(1),
            {"type": "chunk_failed", "number": 1, "failure": "input", "code": "c", "message": "m"},
        ],
        "chunk_answered_twice",
        "chunk 1 twice",
    ),
    "leaves one out": ([answer(0), answer(2), DONE], "chunk_unanswered", "1 of its chunks"),
    "answers none": ([DONE], "chunk_unanswered", "0, 1, 2"),
    "answers another": ([answer(7)], "unknown_chunk", "chunk 7, which it was not given"),
    "writes for another": ([output(7)], "unknown_chunk", "chunk 7"),
    "writes afterwards": ([answer(0), output(0)], "unknown_chunk", "answered already"),
    "writes two parts": ([output(0), output(0)], "bad_part", "two parts"),
    "writes outside": ([output(0, path="link")], "bad_result", "no regular file"),
    "writes without number": ([output(None)], "bad_part", "no number"),
}


@pytest.mark.parametrize("what", CHUNKS)
def test_an_answer_that_breaks_a_rule_fails_the_attempt_with_its_code(
    runner: MakeRunner, tmp_path: Path, what: str
) -> None:
    script, code, words = CHUNKS[what]
    outcome, _ = play(runner, tmp_path, "chunk", script)
    assert isinstance(outcome, Failed), outcome
    assert (outcome.failure, outcome.code) == ("engine", code)
    assert words in outcome.message


@pytest.mark.parametrize(
    "document",
    [
        {"document": "[1]"},
        {"document": "{"},
        {"result": "absent"},
        {"result": "link"},
        {"result": "list.json"},
    ],
)
def test_a_chunk_with_an_unusable_document_fails_alone(
    runner: MakeRunner, tmp_path: Path, document: dict[str, str]
) -> None:
    script = [answer(0), answer(1, **document), answer(2, document='{"two":2}'), DONE]
    outcome, listener = play(runner, tmp_path, "chunk", script)
    assert outcome == Done({})
    assert listener.chunks == {0: None, 2: {"two": 2}}
    assert [(n, failed.code) for n, failed in listener.failures.items()] == [(1, "bad_result")]


def test_a_whole_task_is_held_to_none_of_these_rules(runner: MakeRunner, tmp_path: Path) -> None:
    script = [output(None) | {"meta": {"page": 1}}, output(None, port="any"), output(7), DONE]
    manifest = write_engine(tmp_path / "engine", RAW.format(script=json.dumps(script)))

    async def go() -> Outcome:
        async with runner() as house, asyncio.timeout(60):
            return await house.run(call(manifest, tmp_path), listener)

    listener = Listener()
    outcome = asyncio.run(go())
    assert isinstance(outcome, Done), outcome
    assert [(each.port, each.number, each.meta) for each in outcome.outputs] == [
        ("out", None, {"page": 1}),
        ("any", None, {}),
        ("out", None, {}),
    ]
    assert (listener.outputs, listener.controls) == ([], [])
