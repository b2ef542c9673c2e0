"""Runs the commands of a page of the documentation: every fenced block marked `sh`, in one shell.

Each block's output is kept apart. The shell stops at the first command that fails.
"""

import os
import re
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECONDS = 240


@dataclass(frozen=True)
class Done:
    """What the commands of one block said."""

    commands: str
    output: str


def blocks_of(page: Path) -> list[str]:
    """The blocks of a page that are meant to be run."""
    return _BLOCK.findall(page.read_text(encoding="utf-8"))


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port: int = door.getsockname()[1]
        return port


def play(blocks: list[str], folder: Path, settings: Mapping[str, str]) -> list[Done]:
    """Run the blocks in `folder`; what each one said, on stdout and stderr."""
    mark = f"--- {secrets.token_hex(8)} ---"
    script = "set -euo pipefail\n" + "".join(f"{block}echo '{mark}'\n" for block in blocks)
    shell = subprocess.Popen(
        ["bash", "-c", script],
        cwd=folder,
        env=_environment(settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        text=True,
    )
    try:
        said, _ = shell.communicate(timeout=SECONDS)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(shell.pid, signal.SIGKILL)
    outputs = said.split(mark + "\n")
    assert shell.returncode == 0, f"{blocks[len(outputs) - 1]}\nsaid:\n{outputs[-1]}"
    return [Done(*pair) for pair in zip(blocks, outputs, strict=False)]


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    """The environment of somebody who has set up a checkout and no setting of ours."""
    kept = {name: each for name, each in os.environ.items() if not name.startswith("JOBMILL_")}
    if "PYTHONPATH" in kept:  # relative to where the tests were started
        folders = kept["PYTHONPATH"].split(os.pathsep)
        kept["PYTHONPATH"] = os.pathsep.join(str(Path(each).absolute()) for each in folders)
    programs = Path(sys.executable).parent
    return {**kept, "PATH": f"{programs}{os.pathsep}{kept['PATH']}", **settings}
