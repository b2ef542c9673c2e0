"""A start loads what a start needs: each of these would make it longer for everybody."""

import json
import subprocess
import sys

import pytest

START = """
import asyncio, json, sys
from pathlib import Path
from jobmill.bootstrap import create_app
from jobmill.config import Settings

async def start(data):
    app = create_app(Settings(data=Path(data)))
    async with app.router.lifespan_context(app):
        assert app.state.ready
        print(json.dumps(list(sys.modules)))

asyncio.run(start(sys.argv[1]))
"""
MIGRATIONS_ONLY = ["sqlalchemy", "alembic"]
ENGINES_ONLY = ["av", "numpy", "jobmill_engines"]
CALLERS_ONLY = ["httpx2", "jobmill_client", "typer"]
WHERE_FIRST_USED = ["graphql", "jsonschema", "cryptography", "joserfc", "obstore"]
SECTIONS = ["jobmill.api.users", "jobmill.api.pipelines", "jobmill.api.watches"]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The modules of a server that has just become ready."""
    data = tmp_path_factory.mktemp("start") / "data"
    words = [sys.executable, "-c", START, str(data)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


@pytest.mark.parametrize(
    "module", [*MIGRATIONS_ONLY, *ENGINES_ONLY, *CALLERS_ONLY, *WHERE_FIRST_USED, *SECTIONS]
)
def test_a_start_does_not_load(module: str, loaded: set[str]) -> None:
    assert module not in loaded


def test_a_start_loads_what_creates_and_shows_jobs(loaded: set[str]) -> None:
    assert {"jobmill.api.jobs", "jobmill.api.results", "jobmill.dialects.gentoo"} <= loaded
