"""The published validators of AION, installed once from a lock that names their hashes."""

import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.dialects.gentoo.javascript import node

FOLDER = Path(__file__).parent / "published"
Judge = Callable[[Sequence[tuple[str, Any]]], list[list[dict[str, Any]]]]


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the validators and a script that calls them."""
    folder = tmp_path_factory.mktemp("aion")
    for file in ("package.json", "package-lock.json", ".npmrc", "validate.js"):
        shutil.copy(FOLDER / file, folder)
    npm = shutil.which("npm") or str(Path(node()).with_name("npm"))
    try:
        done = subprocess.run(
            [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=110,
        )
    except OSError as error:
        pytest.skip(f"NOT CHECKED against the published validators: npm cannot run: {error}")
    if done.returncode != 0:
        pytest.skip(f"NOT CHECKED against the published validators: {done.stderr[-300:]}")
    return folder


@pytest.fixture(scope="session")
def judge(published: Path) -> Judge:
    """What the published validators say of documents, each under a contract (or `aion`)."""

    def judged(documents: Sequence[tuple[str, Any]]) -> list[list[dict[str, Any]]]:
        lines = [json.dumps({"contract": c, "document": d}) for c, d in documents]
        done = subprocess.run(
            [node(), "validate.js"],
            cwd=published,
            input="\n".join(lines),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    return judged
