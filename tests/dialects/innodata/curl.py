"""The vendor's API as its documentation calls it: by `curl`, with the key as the user name."""

import json
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

CURL = shutil.which("curl")
ENDED = ("completed", "cancelled", "failed")
MARK = b"\n--answer--"


@dataclass(frozen=True)
class Answer:
    """What curl got."""

    status: int
    type: str
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def response(self) -> Any:
        """What stands in the envelope, which must be right and say that all went well."""
        envelope = self.envelope
        assert envelope["success"], envelope
        return envelope["response"]

    @property
    def error(self) -> Any:
        """The error in an envelope of a refusal."""
        envelope = self.envelope
        assert not envelope["success"], envelope
        return envelope["response"]["error"]

    @property
    def envelope(self) -> Any:
        envelope = self.json
        assert set(envelope) == {"success", "status_code", "tracking", "response"}, envelope
        assert envelope["status_code"] == self.status
        assert len(envelope["tracking"].split("-")) == 5
        return envelope


@dataclass(frozen=True)
class Curl:
    """Calls below a mount with one key."""

    url: str
    user: str | None = None
    mount: str = "/v1.1"

    def __call__(self, method: str, path: str, *more: str, body: Any = None) -> Answer:
        if CURL is None:
            pytest.skip("curl is not installed")
        address = path if path.startswith("http") else f"{self.url}{self.mount}{path}"
        words = [CURL, "-sS", "-g", "-X", method, address, *more]
        if self.user is not None:
            words += ["-u", self.user]
        if body is not None:
            words += ["-H", "Content-Type: application/json", "--data-binary", "@-"]
        words += ["-w", "\n--answer--%{http_code} %{content_type}"]
        stdin = None if body is None else json.dumps(body).encode()
        done = subprocess.run(words, input=stdin, capture_output=True, timeout=90, check=True)
        answer, _, tail = done.stdout.rpartition(MARK)
        status, _, kind = tail.decode().partition(" ")
        return Answer(int(status), kind, answer)

    def get(self, path: str) -> Any:
        return self("GET", path).response

    def post(self, path: str, body: Any = None) -> Any:
        return self("POST", path, body=body).response

    def upload(self, file: Path, media_type: str = "text/plain") -> Any:
        """Send a file as the documentation does."""
        answer = self(
            "POST", "/documents", "-H", "Content-Type: application/octet-stream",
            "-H", f"X-Name: {file.name}", "-H", f"X-Type: {media_type}",
            "--data-binary", f"@{file}",
        )  # fmt: skip
        assert answer.status == 201, answer.body
        return answer.response

    def until(self, job: str, *statuses: str, seconds: float = 120) -> Any:
        """Poll a job as clients do."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = self.get(f"/jobs/{job}")
            if found["status"] in (statuses or ENDED):
                return found
            time.sleep(0.1)
        raise AssertionError(f"{found['status']} is not one of {statuses or ENDED}: {found}")
