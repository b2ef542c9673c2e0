"""The vendor's own package for Python, unchanged, against a real server."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.receiver import Receiver, receiving
from tests.running import Running
from tests.serving.processes import clean_environment

pytestmark = [pytest.mark.full, pytest.mark.timeout(1200)]
FOLDER = Path(__file__).parent
GIVEN = "JOBMILL_TEST_MOVE_PYTHON"
"""A Python that has the package already, so that nothing is installed."""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The Python of an environment with the package, from a lock that names its hashes."""
    given = os.environ.get(GIVEN)
    if given:
        return given
    place = tmp_path_factory.mktemp("vendor") / "environment"
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True, timeout=300)
    words = ["--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes", "-r"]
    inside = str(place / "bin" / "python")
    done = subprocess.run(
        [inside, "-m", "pip", "install", *words, str(FOLDER / "requirements.txt")],
        capture_output=True,
        text=True,
        timeout=500,
    )
    if done.returncode != 0:
        pytest.skip(f"NOT CHECKED against the vendor's package: {done.stderr[-500:]}")
    return inside


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def test_its_pages_on_getting_started_run(
    python: str, server: Running, walk: Path, receiver: Receiver
) -> None:
    told = _drive(python, server, walk, receiver.url)

    one = told["single"]
    assert one["state"] == "FINISHED"
    assert one["progress"] == ["FINISHED", 100]
    assert one["types"] == {"main_fbx": ".fbx", "render_video": ".mp4"}
    assert one["begins"]["main_fbx"] == "Kaydara FBX Binary"
    assert one["shared"] is True
    assert told["changes"] == {
        "job": [{"a": [1]}, "named"],
        "take": [{"b": 2}, "a take"],
        "file": ['{"c": 3}', "a mp4"],
        "client": {"d": 4},
    }
    _check_lists(told["lists"], one)
    several = told["several"]
    assert several["volume"] == ["FINISHED", 1.8, 2]
    assert (several["volumes"], several["job"], several["lenses"]) == (True, "FAILED", True)
    assert told["missing"] == ["MoveNotFoundError", "Resource not found in move-ugc-api."]
    assert told["blend"][0] == "MoveValidationError"
    assert "MAIN_BLEND" in told["blend"][1]
    _check_hook(told, receiver)


def _drive(python: str, server: Running, film: Path, hook: str) -> Any:
    environment = clean_environment(
        MOVE_UGC_ENDPOINT_URL=f"{server.url}/ugc/graphql",
        MOVE_API_KEY=server.key,
        FILM=str(film),
        HOOK=hook,
        PYTHONPATH="",
    )
    done = subprocess.run(
        [python, str(FOLDER / "getting_started.py")],
        env=environment,
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return json.loads(done.stdout.splitlines()[-1])


def _check_lists(lists: Any, one: Any) -> None:
    every = [one["job"], *lists["made"]]
    assert lists["states"] == ["FINISHED"] * 3
    assert lists["floor"] == [True] * 3
    assert lists["newest"] + lists["older"] == every[::-1]
    assert lists["oldest"] == every
    assert lists["ended"] == [None, None]
    assert len(lists["takes"]) == 1


def _check_hook(told: Any, receiver: Receiver) -> None:
    secret, again = told["secret"]
    assert again is None
    calls = receiver.wait(5, 60)
    for call in calls:
        call.verified(secret)
        for name in ("id", "timestamp", "signature"):
            assert call.headers[f"svix-{name}"] == call.headers[f"webhook-{name}"]
    bodies = {call.json["detail"]["event_attributes"]["job"]["id"]: call.json for call in calls}
    first = bodies[told["single"]["job"]]
    assert first["event_name"] == "ugc.job.state.completed"
    assert first["detail"]["event_attributes"]["take"] == {"id": told["single"]["take"]}
    names = [call.json["event_name"] for call in calls]
    assert sorted(names) == ["ugc.job.state.completed"] * 4 + ["ugc.job.state.failed"]
