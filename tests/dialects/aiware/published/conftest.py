"""The vendor's published Python packages, installed once into an environment of their own from a
lock that names their hashes, and a server in a process of its own that they are pointed at.

Nothing of theirs is kept here: what they are is read from where they were installed.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.dialects.aiware.conftest import ENGINES
from tests.dialects.aiware.speaking import EMAIL, PASSWORD
from tests.serving import ServerProcess
from tests.serving.processes import clean_environment

FOLDER = Path(__file__).parent
ASKED = "JOBMILL_TEST_PYTHON312"
VERSIONS = ("python3.12", "python3.13", "python3.14")
VERSION = "import ensurepip, sys; print(*sys.version_info[:2])"
Drive = Callable[..., Any]


def newer_python() -> str | None:
    """A Python of 3.12 or later on this machine; None when there is none."""
    named = os.environ.get(ASKED)
    pyenv = sorted((Path.home() / ".pyenv" / "versions").glob("*/bin/python"))
    found = [named] if named else [*map(shutil.which, VERSIONS), *map(str, pyenv)]
    return next((each for each in found if each is not None and _is_newer(each)), None)


def _is_newer(python: str) -> bool:
    try:
        done = subprocess.run(
            [python, "-c", VERSION], capture_output=True, text=True, timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return tuple(int(word) for word in done.stdout.split()) >= (3, 12)


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that has the packages."""
    python = newer_python()
    if python is None:
        pytest.skip(
            "NOT CHECKED against the vendor's packages: they need Python 3.12 or later, and there "
            f"is none here; name one in {ASKED}"
        )
    place = tmp_path_factory.mktemp("vendor") / "environment"
    subprocess.run([python, "-m", "venv", str(place)], check=True, timeout=300)
    lock = str(FOLDER / "requirements.txt")
    words = ["--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes", "-r", lock]
    done = subprocess.run(
        [str(place / "bin" / "python"), "-m", "pip", "install", *words],
        capture_output=True,
        text=True,
        timeout=500,
    )
    if done.returncode != 0:
        pytest.skip(f"NOT CHECKED against the vendor's packages: {done.stderr[-500:]}")
    return place / "bin"


@pytest.fixture(scope="package")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """`jobmill serve` with a user who can sign in."""
    data = tmp_path_factory.mktemp("served") / "data"
    shutil.copytree(ENGINES, data / "engines")
    with ServerProcess(data, JOBMILL_FETCH_ALLOW="127.0.0.0/8") as server:
        user = {"name": "jdoe", "email": EMAIL, "password": PASSWORD, "admin": True}
        headers = {"Authorization": f"Bearer {server.key}"}
        answer = httpx2.post(f"{server.url}/api/v1/users", json=user, headers=headers)
        assert answer.status_code == 201, answer.text
        yield server


@pytest.fixture(scope="package")
def drive(environment: Path, process: ServerProcess, media: str) -> Drive:
    """Runs a script of this folder in the environment; the JSON that it prints last."""

    def run(script: str, cwd: Path | None = None) -> Any:
        more = {
            "SERVER": process.url,
            "VERITONE_API_KEY": process.key,
            "MEDIA": media,
            "EXAMPLES": str(FOLDER.parent / "examples"),
            "PYTHONPATH": str(cwd or ""),
        }
        done = subprocess.run(
            [str(environment / "python"), str(FOLDER / script)],
            cwd=cwd,
            env=clean_environment(**more),
            capture_output=True,
            text=True,
            timeout=400,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return json.loads(done.stdout.splitlines()[-1])

    return run
