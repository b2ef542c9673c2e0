"""The vendor's own packages for Python, unchanged, against a real server."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.dialects.aiware.published.conftest import FOLDER, Drive
from tests.serving import ServerProcess
from tests.serving.processes import clean_environment

pytestmark = [pytest.mark.full, pytest.mark.timeout(1200)]
GENERATOR = """
[tool.aiware-codegen.client]
base_url = "{url}"
queries_path = "operations.graphql"
target_package_name = "made"
target_package_path = "."
async_client_name = "AsyncMade"
sync_client_name = "Made"
"""


def test_every_operation_of_the_generated_client_runs(drive: Drive, tmp_path: Path) -> None:
    told = drive("agents.py", tmp_path)

    assert told["sent"] == told["every"]
    assert len(told["every"]) > 20


def test_the_documents_of_the_documentation_run_in_the_package(drive: Drive) -> None:
    assert re.fullmatch(r"\d+", drive("seed.py")["tdo"])


def test_the_generator_makes_a_client_from_our_schema(
    environment: Path, process: ServerProcess, drive: Drive, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text(GENERATOR.format(url=process.url))
    shutil.copy(FOLDER / "operations.graphql", tmp_path)

    done = subprocess.run(
        [str(environment / "aiware-codegen")],
        cwd=tmp_path,
        env=clean_environment(PYTHONPATH=""),
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"\d{8}_\w{10}", drive("generated.py", tmp_path)["job"])
