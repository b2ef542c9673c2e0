"""The demonstration from end to end: it finds what it put in, stays up, and can be stopped."""

import re
import socket
import subprocess
from pathlib import Path

import psutil

from tests.serving import jobmill
from tests.serving.processes import clean_environment


def test_the_demo_stays_up_is_used_again_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        first = jobmill("demo", "--port", str(port), cwd=tmp_path)
    try:
        assert first.code == 0, first.err
        assert f"Port {port} is taken" in first.err
        assert "All that was put in was found." in first.out
        assert "programme.mp4, gentoo" in first.out
        pid = int(re.findall(r"kill (\d+)", first.out)[0])
        for call in re.findall(r"(curl .*)", first.out):
            answer = subprocess.run(
                ["bash", "-c", call], env=clean_environment(), capture_output=True, text=True
            )
            assert answer.returncode == 0, answer.stderr
            assert answer.stdout.startswith(('{"items":[{', '{"name":')), answer.stdout
        assert lives(pid)
        again = jobmill("demo", "--exit", "--json", cwd=tmp_path)
        assert again.code == 0, again.err
        assert {line["verdict"] for line in again.lines} == {"ok"}
        assert f"(process {pid})" in again.err
    finally:
        stopped = jobmill("demo", "--stop", cwd=tmp_path)
    assert "No server" in stopped.out
    assert not lives(pid)


def lives(pid: int) -> bool:
    """Whether the process does anything; one that its new parent has yet to bury does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
