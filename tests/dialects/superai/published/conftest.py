"""The vendor's published Python package, installed once into an environment of its own from a lock
that names its hashes, and a server in a process of its own that it is pointed at.

Nothing of theirs is kept here.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.dialects.superai.conftest import INPUT, OUTPUT
from tests.running import ENGINES
from tests.serving import ServerProcess
from tests.serving.processes import clean_environment

FOLDER = Path(__file__).parent
Drive = Callable[..., Any]
PROGRAM = {"input_schema": INPUT, "output_schema": OUTPUT, "params": {"a.document": "/said"}}


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that has the package."""
    place = tmp_path_factory.mktemp("superai") / "environment"
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True, timeout=300)
    lock = str(FOLDER / "requirements.txt")
    words = ["--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes", "-r", lock]
    done = subprocess.run(
        [str(place / "bin" / "python"), "-m", "pip", "install", *words],
        capture_output=True,
        text=True,
        timeout=500,
    )
    if done.returncode != 0:
        pytest.skip(f"NOT CHECKED against the vendor's package: {done.stderr[-500:]}")
    return place / "bin"


@pytest.fixture(scope="package")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """`jobmill serve` with a program."""
    data = tmp_path_factory.mktemp("served") / "data"
    shutil.copytree(ENGINES, data / "engines")
    with ServerProcess(data, JOBMILL_FETCH_ALLOW="127.0.0.0/8") as server:
        body = {
            "name": "labels",
            "tasks": [{"name": "a", "engine": "scribe"}],
            "program": PROGRAM,
        }
        headers = {"Authorization": f"Bearer {server.key}"}
        answer = httpx2.post(f"{server.url}/api/v1/pipelines", json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        yield server


@pytest.fixture(scope="package")
def drive(
    environment: Path, process: ServerProcess, tmp_path_factory: pytest.TempPathFactory
) -> Drive:
    """Runs a script of this folder in the environment; the JSON that it prints last."""
    home = tmp_path_factory.mktemp("home")

    def run(script: str, **more: str) -> Any:
        settings = {
            "SERVER": f"{process.url}/superai/v1",
            "KEY": process.key,
            "HOME": str(home),
            "SUPERAI_CONFIG_ROOT": str(home / ".superai"),
            # It would ask a cloud's machine for its name, and wait for the answer.
            "AWS_EC2_METADATA_DISABLED": "true",
            **more,
        }
        done = subprocess.run(
            [str(environment / "python"), str(FOLDER / script)],
            cwd=home,
            env=clean_environment(**settings),
            capture_output=True,
            text=True,
            timeout=400,
        )
        assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return json.loads(done.stdout.splitlines()[-1])

    return run
