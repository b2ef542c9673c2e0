"""Which model, which language, how many threads; and what is said where one is missing."""

import asyncio
from pathlib import Path

import pytest

import jobmill_engines.transcribe
from jobmill.adapters.subprocess import SubprocessRunner
from jobmill.adapters.subprocess.launch import LaunchSettings
from jobmill.core.engines.ports import EngineCall, EngineInput, Failed, FailureClass
from jobmill_engine import ModelMissing
from jobmill_engine.manifest import load_manifest
from jobmill_engines.transcribe.document import own_span
from jobmill_engines.transcribe.request import fair_threads, read_request
from tests.adapters.subprocess.engines import Listener
from tests.engines.transcribe.conftest import Transcribe
from tests.engines.transcribe.made import clicks

FOLDER = Path(jobmill_engines.transcribe.__file__).parent


def test_without_a_name_the_multilingual_model_is_taken_before_the_small_one(
    transcribe: Transcribe, models: Path, tmp_path: Path
) -> None:
    path = clicks(tmp_path / "a.wav", 1, [])
    (models / "whisper-tiny-en").mkdir()
    assert transcribe(path, {"model": None}).heard[0].name == "whisper-tiny-en"
    (models / "whisper-base").mkdir()
    assert transcribe(path, {"model": None}).heard[0].folder == models / "whisper-base"


def test_a_missing_model_names_the_command_that_installs_it(
    transcribe: Transcribe, models: Path, tmp_path: Path
) -> None:
    path = clicks(tmp_path / "a.wav", 1, [])
    for asked, name in ((None, "whisper-base"), ("whisper-tiny-en", "whisper-tiny-en")):
        with pytest.raises(ModelMissing) as missing:
            transcribe(path, {"model": asked})
        assert f"jobmill models install {name} --to {models}" in str(missing.value)


def test_a_model_is_never_a_path(transcribe: Transcribe, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        transcribe(clicks(tmp_path / "a.wav", 1, []), {"model": "../models/mine"})


def test_a_language_is_taken_without_its_region_and_detect_is_none() -> None:
    assert read_request({"language": "en-US"}).language == "en"
    assert read_request({"language": "PT_br"}).language == "pt"
    assert read_request({"language": "detect"}).language is None
    assert read_request({}).language is None


def test_threads_are_the_processors_shared_by_the_worker_s_slots(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(8)))
    for slots, threads in (("8", 1), ("2", 4), ("1", 8), ("16", 1), ("", 1)):
        monkeypatch.setenv("JOBMILL_SLOTS", slots)
        assert fair_threads() == threads
    assert read_request({"threads": 3}).threads == 3


def test_the_own_span_counts_from_the_chunk_s_start() -> None:
    meta = {"start_ms": 300_000.0, "end_ms": 602_000.0}
    assert own_span(meta) is None
    assert own_span({}) is None
    assert own_span({**meta, "own_start_ms": 301_000, "own_end_ms": 601_000}) == (1000, 301_000)


async def attempt(tmp_path: Path, models: Path) -> object:
    manifest = load_manifest(FOLDER)
    workdir = tmp_path / "work"
    workdir.mkdir()
    path = clicks(tmp_path / "a.wav", 1, [])
    given = EngineInput("in", path, "audio/wav", path.name)
    settings = LaunchSettings(environment={"JOBMILL_MODELS": str(models)})
    runner = SubprocessRunner(tmp_path / "records", settings=settings)
    try:
        call = EngineCall("token-1", manifest, (), {}, (given,), workdir)
        return await runner.run(call, Listener())
    finally:
        await runner.close()


def test_the_server_is_told_that_the_platform_lacks_a_model(tmp_path: Path, models: Path) -> None:
    outcome = asyncio.run(attempt(tmp_path, models))
    assert isinstance(outcome, Failed)
    assert (outcome.failure, outcome.code) == (FailureClass.PLATFORM, "model_missing")
    assert f"jobmill models install whisper-base --to {models}" in outcome.message
