"""A client of /edge/v1, and jobs to give it."""

import copy
import json
import time
from pathlib import Path
from typing import Any

import httpx2

from tests.dialects.aiware.edge.curl import Curl

EXAMPLES = Path(__file__).parent / "examples"
MOUNT = "/edge/v1"
SPANISH = "https://vt-maxagg-test.s3.amazonaws.com/media/spanish.txt"
TRANSLATE = "95c910f6-4a26-4b66-96cb-488befa86466"
WRITER = "8eccf9cc-6b6d-4d7d-8cb3-7ebf4950c5f3"
ENDED = ("complete", "failed", "aborted")


def translation_job(url: str) -> str:
    """The documentation's body, with another address in it."""
    text = (EXAMPLES / "create_job.json").read_text(encoding="utf-8")
    assert text.count(SPANISH) == 2
    return text.replace(SPANISH, url)


def translation(url: str) -> Any:
    """The one job of that body."""
    (job,) = json.loads(translation_job(url))["jobs"]
    return job


class Edge:
    """Calls below /edge/v1 with a token; `with` closes its connection."""

    def __init__(self, url: str, token: str | None) -> None:
        self.token = token
        self.http = httpx2.Client(base_url=url, timeout=60)

    def __enter__(self) -> "Edge":
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def curl(self, asked: Curl) -> httpx2.Response:
        """Send what a curl line says."""
        return self.http.request(
            asked.method, asked.path, headers=asked.headers, content=asked.body
        )

    def call(self, method: str, path: str, **given: Any) -> httpx2.Response:
        """A call with the token, whatever its answer."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= given.pop("headers", {})
        return self.http.request(method, MOUNT + path, headers=headers, **given)

    def get(self, path: str, **query: Any) -> Any:
        """What a path answers with 200."""
        answer = self.call("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def create(self, *jobs: Any) -> list[str]:
        """Create jobs; their ids."""
        answer = self.call("POST", "/proc/job/create", json={"jobs": list(jobs)})
        assert answer.status_code == 200, answer.text
        ids: list[str] = answer.json()["internalJobIds"]
        return ids

    def refused(self, *jobs: Any, status: int = 400) -> Any:
        """The error of a body that cannot be taken."""
        answer = self.call("POST", "/proc/job/create", json={"jobs": list(jobs)})
        assert answer.status_code == status, answer.text
        error = answer.json()
        assert error["id"]
        return error

    def ended(self, job: str, seconds: float = 60) -> str:
        """Poll a job until it has ended; its status."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            status: str = self.get(f"/proc/job/{job}/status")["job"]["jobStatus"]
            if status in ENDED:
                return status
            time.sleep(0.05)
        raise AssertionError(f"job {job} did not end within {seconds} s")

    def outputs(self, job: str, seconds: float = 60) -> list[dict[str, Any]]:
        """Poll the outputs of a job until there are some, as the documentation says."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            answer = self.get(f"/proc/job/{job}/outputs")["outputs"]
            assert answer["internalJobID"] == job
            if answer["outputs"]:
                found: list[dict[str, Any]] = answer["outputs"]
                return found
            time.sleep(0.05)
        raise AssertionError(f"job {job} has no outputs within {seconds} s")


def task(engine: str = TRANSLATE, **words: Any) -> dict[str, Any]:
    """A task of a job."""
    return {"engineId": engine, **copy.deepcopy(words)}
