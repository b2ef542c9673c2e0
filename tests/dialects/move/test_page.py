"""The commands on the dialect's page, as they stand there."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from tests.running import Running

PAGE = Path(__file__).parents[3] / "docs" / "dialects" / "move.md"


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_commands_on_the_page_work(server: Running, walk: Path, tmp_path: Path) -> None:
    shutil.copy(walk, tmp_path / "dance.mp4")
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert len(blocks) == 3
    script = "set -eo pipefail\n" + "".join(blocks)
    done = subprocess.run(
        [
            "bash",
            "-c",
            script.replace("http://localhost:9000", server.url).replace("9911", _free()),
        ],
        cwd=tmp_path,
        env={**os.environ, "KEY": server.key, "PATH": _path()},
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert done.returncode == 0, done.stderr
    told, job = (json.loads(line) for line in done.stdout.splitlines())
    assert told["event_name"] == "ugc.job.state.completed"
    assert told["detail"]["event_attributes"]["job"]["metadata"] == {"scene": 7}
    seen = job["data"]["job"]
    assert (seen["state"], seen["percentage_complete"]) == ("FINISHED", 100)
    assert [each["key"] for each in seen["outputs"]] == ["mp4", "fbx"]
    for each in seen["outputs"]:
        assert httpx2.get(each["file"]["presignedUrl"]).status_code == 200


def _free() -> str:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return str(door.getsockname()[1])


def _path() -> str:
    return f"{Path(sys.executable).parent}:{os.environ['PATH']}"
