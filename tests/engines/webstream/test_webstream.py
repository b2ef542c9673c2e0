"""The webstream adapter: the bytes of its input, in parts that do not depend on how they came."""

from pathlib import Path

import pytest

import jobmill_engines.webstream
from jobmill_engine import InputRejected, protocol
from jobmill_engine.testing import Sample, assert_conforms
from jobmill_engines.webstream.__main__ import Webstream
from tests.engines.media.made import piped, run

FOLDER = Path(jobmill_engines.webstream.__file__).parent
DATA = bytes(range(251)) * 100


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.bin"
    path.write_bytes(DATA)
    return path


def test_parts_have_the_size_asked_for_and_are_the_whole(file: Path, tmp_path: Path) -> None:
    ran = run(Webstream, file, tmp_path / "w", chunkSize=4096)
    assert [len(part.data) for part in ran.parts] == [4096] * 6 + [25100 - 6 * 4096]
    assert b"".join(part.data for part in ran.parts) == DATA
    assert ran.document == {"summary": {"bytes": 25100, "parts": 7}}
    assert ran.parts[2].meta == {"start_byte": 8192}
    assert {part.media_type for part in ran.parts} == {"video/mp4"}
    last = next(each for each in ran.sent if isinstance(each, protocol.Progress))
    assert (last.unit, last.total) == ("bytes", 25100)


def test_a_pipe_gives_the_same_parts_and_goes_on_behind_what_is_kept(
    file: Path, tmp_path: Path
) -> None:
    once = run(Webstream, file, tmp_path / "1", chunkSize=4096)
    with piped(DATA, tmp_path, step=333) as pipe:
        again = run(
            Webstream, pipe, tmp_path / "2", mode="stream", live=True, chunkSize=4096,
            resume={"out": 3},
        )  # fmt: skip
    kept = run(Webstream, file, tmp_path / "3", mode="stream", chunkSize=4096, resume={"out": 3})
    for ran in (again, kept):
        assert [(p.number, p.data, p.meta) for p in ran.parts] == [
            (p.number, p.data, p.meta) for p in once.parts[3:]
        ]
        assert ran.document == once.document


def test_an_input_that_is_all_kept_ends_well(file: Path, tmp_path: Path) -> None:
    ran = run(Webstream, file, tmp_path / "w", mode="stream", chunkSize=4096, resume={"out": 7})
    assert (ran.parts, ran.document["summary"]["bytes"]) == ([], 25100)


def test_an_input_without_bytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.touch()
    with pytest.raises(InputRejected) as refused:
        run(Webstream, path, tmp_path / "w")
    assert refused.value.code == "empty"


def test_it_is_an_engine_as_the_kit_wants_it(file: Path) -> None:
    assert_conforms(FOLDER, [Sample(file)])
