"""The wire form is frozen: `protocol_1.jsonl` may get new lines but no line may change."""

import json
from pathlib import Path

import pytest

from jobmill_engine import protocol
from jobmill_engine.protocol import (
    Beat,
    Cancel,
    ChunkDone,
    ChunkFailed,
    Credit,
    Done,
    Failed,
    InputFile,
    Log,
    Message,
    Output,
    Progress,
    ProtocolBroken,
    Ready,
    Run,
    Shutdown,
    Started,
    Warn,
    decode,
)

WIRE = (Path(__file__).parent / "protocol_1.jsonl").read_bytes().splitlines(keepends=True)
MESSAGES: list[Message] = [
    Run(
        attempt="t1",
        features=("SHOTS", "BLACK"),
        parameters={"delay": 0.5, "deep": {"list": [1, None, "ü"]}},
        inputs=(
            InputFile(
                port="in", path="/work/in/a.mp4", media_type="video/mp4", name="Holiday ü.mp4"
            ),
        ),
        workdir="/work/t1",
    ),
    Cancel(attempt="t1"),
    Shutdown(),
    Ready(protocol=1, engine="scan", version="1.2.0"),
    Started(attempt="t1"),
    Progress(attempt="t1", feature="BLACK", done=12.5, total=60.0, unit="s"),
    Progress(attempt="t1", feature=None, done=3.0, total=None, unit="pages"),
    Log(attempt="t1", level="info", text="two\nlines"),
    Log(attempt=None, level="warning", text="outside"),
    Warn(attempt="t1", code="no_audio", message="There is no audio.", feature="AUDIO"),
    Warn(attempt="t1", code="odd", message="Odd.", feature=None),
    Output(attempt="t1", port="out", path="output-1", media_type="text/plain"),
    Done(attempt="t1", result=".result.json"),
    Done(attempt="t1", document='{"spans":[]}'),
    Failed(attempt="t1", failure="input", code="not_media", message="Not media."),
    Failed(attempt=None, failure="engine", code="no_model", message="No model."),
    Beat(),
    Run(
        attempt="t2",
        features=(),
        parameters={},
        inputs=(
            InputFile("in", "/work/t2/input-0", "audio/wav", "a.wav", 7, {"start_ms": 0}, None),
            InputFile("more", "/work/t2/input-1", "video/mp2t", "b.ts", None, None, True),
        ),
        workdir="/work/t2",
        mode="chunk",
        credit={"out": 8},
        resume={"out": 3},
    ),
    Run("t3", (), {}, (), "/work/t3", inputs_file="/work/t3/.inputs.json"),
    Credit(attempt="t2", port="out", upto=16),
    Output("t2", "out", "part-out-7", "audio/wav", 7, {"start_ms": 0, "end_ms": 5000}),
    ChunkDone(attempt="t2", number=7),
    ChunkDone(attempt="t2", number=8, document='{"words":[]}'),
    ChunkDone(attempt="t2", number=9, result=".result-9.json"),
    ChunkFailed("t2", 10, "input", "not_media", "Not media."),
    Run("t4", (), {}, (), "/work/t4", spool="/spool/1-2-1"),
]


def test_the_snapshot_is_of_this_protocol_and_has_every_message() -> None:
    assert protocol.PROTOCOL == 1
    assert {type(message) for message in MESSAGES} == {*protocol.TO_ENGINE, *protocol.FROM_ENGINE}


@pytest.mark.parametrize(("line", "message"), list(zip(WIRE, MESSAGES, strict=True)))
def test_a_message_has_exactly_its_recorded_wire_form(line: bytes, message: Message) -> None:
    assert message.encode() == line
    assert decode(line) == message
    assert decode(line.rstrip(b"\n")) == message


def test_fields_added_later_are_ignored() -> None:
    assert decode(b'{"type":"cancel","attempt":"t1","reason":"new"}') == Cancel("t1")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"hello", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not a message"),
        (b'{"type":"unheard"}', "not a message"),
        (b'{"type":["run"]}', "not a message"),
        (b'{"type":"cancel"}', "cancel.attempt must be str"),
        (b'{"type":"cancel","attempt":7}', "cancel.attempt must be str, not 7"),
        (b'{"type":"ready","protocol":true,"engine":"e","version":"1"}', "ready.protocol"),
        (b'{"type":"progress","attempt":"a","done":NaN,"unit":"s"}', "progress.done"),
        (b'{"type":"progress","attempt":"a","done":1e999,"unit":"s"}', "progress.done"),
        (b'{"type":"progress","attempt":"a","done":true,"unit":"s"}', "progress.done"),
        (b'{"type":"failed","failure":"luck","code":"c","message":"m"}', "one of engine"),
        (b'{"type":"run","attempt":"a","features":[1]}', "run.features"),
        (b" " * (protocol.MAX_LINE + 1), "at most"),
        (b'{"type":"credit","attempt":"a","port":"out","upto":1.5}', "credit.upto must be int"),
        (b'{"type":"chunk_done","attempt":"a"}', "chunk_done.number must be int"),
        (
            b'{"type":"chunk_done","attempt":"a","number":1,"result":"r","document":"{}"}',
            "at most one of result and document",
        ),
        (
            b'{"type":"chunk_failed","attempt":"a","number":1,"failure":"luck","code":"c",'
            b'"message":"m"}',
            "chunk_failed.failure must be one of engine",
        ),
    ],
)
def test_what_is_no_message_is_refused_with_the_reason(line: bytes, words: str) -> None:
    with pytest.raises(ProtocolBroken, match=words):
        decode(line)


def test_a_message_of_an_older_side_reads_as_if_the_later_fields_were_null() -> None:
    line = b'{"type":"output","attempt":"a","port":"out","path":"p","media_type":"m/t"}'
    assert decode(line) == Output("a", "out", "p", "m/t")
    assert Output("a", "out", "p", "m/t").encode() == line + b"\n"


def test_a_list_of_inputs_can_travel_in_a_file() -> None:
    inputs = (InputFile("in", "/a", "text/plain", "a", 3, {"x": 1}, False),)
    assert protocol.read_inputs(json.loads(json.dumps(protocol.plain_inputs(inputs)))) == inputs
    lies: list[object] = [{}, [1], [{"port": "in"}]]
    for wrong in lies:
        with pytest.raises(ProtocolBroken, match="input"):
            protocol.read_inputs(wrong)


def test_half_of_a_surrogate_pair_becomes_a_question_mark() -> None:
    message = decode(b'{"type":"log","attempt":null,"level":"info","text":"a\\ud800b"}')
    assert message == Log(None, "info", "a?b")


def test_a_message_that_fits_no_line_is_refused_before_it_is_sent() -> None:
    with pytest.raises(protocol.MessageTooLong, match="file in the work folder"):
        Run("t1", (), {"text": "x" * protocol.MAX_LINE}, (), "/work").encode()


def test_parameters_that_are_not_json_are_refused() -> None:
    with pytest.raises(ValueError, match="Out of range"):
        Run("t1", (), {"x": float("nan")}, (), "/work").encode()
    assert json.loads(Run("t1", (), {"x": None}, (), "/work").encode())["parameters"] == {"x": None}
