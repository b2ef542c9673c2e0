"""The scan as an engine in a process of its own: the kit's conformance, and the server's runner."""

import asyncio
from pathlib import Path

import jobmill_engines.scan
from jobmill.adapters.subprocess import SubprocessRunner
from jobmill.core.engines.ports import Done, EngineCall, EngineInput, Failed, FailureClass
from jobmill.samples import AudioTrack, Picture, Sound, VideoTrack, make_sample
from jobmill_engine.manifest import load_manifest
from jobmill_engine.testing import Sample, assert_conforms
from tests.adapters.subprocess.engines import Listener

FOLDER = Path(jobmill_engines.scan.__file__).parent
FEATURES = ("AUDIO_FORMAT", "IN_BLACK", "SHOT_CHANGE_DETECTION", "SILENCE", "FREEZE", "LOUDNESS")
AUDIO = (AudioTrack((Sound("silence", 2.0), Sound("stereo", 2.0))),)
VIDEO = VideoTrack((Picture("scene", 60, 1), Picture("scene", 60, 2)), width=320, height=180)


def test_it_is_an_engine_as_the_kit_wants_it(tmp_path: Path) -> None:
    path = make_sample(tmp_path / "a.mp4", AUDIO, VIDEO).path
    assert_conforms(FOLDER, [Sample(path, FEATURES, {"IN_BLACK": {"delay": 1.0}})])


async def attempt(tmp_path: Path, path: Path, features: tuple[str, ...]) -> tuple[object, Listener]:
    manifest, heard = load_manifest(FOLDER), Listener()
    workdir = tmp_path / "work"
    workdir.mkdir()
    given = EngineInput("in", path, "video/mp4", path.name)
    runner = SubprocessRunner(tmp_path / "records")
    try:
        call = EngineCall("token-1", manifest, features, {}, (given,), workdir)
        return await runner.run(call, heard), heard
    finally:
        await runner.close()


def test_the_server_s_runner_gets_the_document_and_the_progress(tmp_path: Path) -> None:
    path = make_sample(tmp_path / "a.mp4", AUDIO, VIDEO).path
    outcome, heard = asyncio.run(attempt(tmp_path, path, FEATURES))
    assert isinstance(outcome, Done)
    assert set(outcome.document["features"]) == set(FEATURES)
    assert heard.starts
    assert {step.feature for step in heard.reports} >= set(FEATURES)


def test_a_missing_stream_is_a_warning_that_names_the_feature(tmp_path: Path) -> None:
    path = make_sample(tmp_path / "a.m4a", AUDIO).path
    outcome, _ = asyncio.run(attempt(tmp_path, path, ("AUDIO_FORMAT", "FREEZE")))
    assert isinstance(outcome, Done)
    assert [(w.code, w.feature) for w in outcome.warnings] == [("no_video", "FREEZE")]


def test_what_is_no_media_is_the_input_s_fault(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_text("ffconcat version 1.0")
    outcome, _ = asyncio.run(attempt(tmp_path, path, ("AUDIO_FORMAT",)))
    assert isinstance(outcome, Failed)
    assert (outcome.failure, outcome.code) == (FailureClass.INPUT, "not_media")
