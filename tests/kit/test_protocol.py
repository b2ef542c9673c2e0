"""The wire form is frozen: `protocol_1.jsonl` may get new lines but no line may change."""

import json
from pathlib import Path

import pytest

from jobmill_engine import protocol
from jobmill_engine.protocol import (
    Beat,
    Cancel,
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
    ],
)
def test_what_is_no_message_is_refused_with_the_reason(line: bytes, words: str) -> None:
    with pytest.raises(ProtocolBroken, match=words):
        decode(line)


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
