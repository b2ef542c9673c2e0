"""An S3 server of its own process on this machine: moto, which keeps its objects in memory."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import httpx2

BUCKET = "jobmill-tests"


@dataclass(frozen=True, slots=True)
class S3Server:
    """Where it is; `environment` is what a program needs to use it."""

    url: str

    @property
    def environment(self) -> Mapping[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "tests",
            "AWS_SECRET_ACCESS_KEY": "tests",
            "AWS_REGION": "us-east-1",
        }

    def listing(self) -> str:
        """The listing of the bucket, as the server writes it."""
        return httpx2.get(f"{self.url}/{BUCKET}?list-type=2").text


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """A server with an empty bucket."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p"]
    process = subprocess.Popen(
        [*command, str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "MOTO_S3_CUSTOM_ENDPOINTS": f"http://127.0.0.1:{port}"},
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, process)
        assert httpx2.put(f"{url}/{BUCKET}").status_code == 200
        yield S3Server(url)
    finally:
        process.kill()
        process.wait()


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 60
    while True:
        try:
            httpx2.get(url)
        except httpx2.TransportError:
            assert process.poll() is None, "the S3 server did not start"
            assert time.monotonic() < until, "the S3 server does not answer"
            time.sleep(0.05)
        else:
            return
