"""The five states of a job, seen one after the other."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dialects.move.speaking import Speaker
from tests.running import Running, running

ENGINES = Path(__file__).parent / "slow"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    """A server whose one worker's engine begins when it is told to."""
    data = tmp_path / "data"
    shutil.copytree(ENGINES, data / "engines")
    for name in ("begin", "end"):
        os.mkfifo(data / "engines" / "motion" / name)
    with running(data, slots=1) as server:
        yield server


def test_a_job_goes_through_its_states(server: Running) -> None:
    engine = server.settings.data / "engines" / "motion"
    with Speaker(server.url, server.key) as api:
        take = api.take(b"film")
        first = api.job(take)["id"]
        api.until(first, "STARTED")
        second = api.job(take)["id"]
        assert api.see(second)["state"] == "NOT_STARTED"
        assert api.see(first)["percentage_complete"] == 0

        (engine / "begin").write_text("go")
        seen = api.until(first, "RUNNING")
        assert seen["progress"]["state"] == "RUNNING"
        server.client.post(f"/api/v1/jobs/{second.removeprefix('job-')}/cancel")
        assert api.see(second)["state"] == "FAILED"
        assert "cancelled" in api.see(second)["failureReason"]

        (engine / "end").write_text("go")
        assert api.until(first, "FINISHED")["percentage_complete"] == 100
