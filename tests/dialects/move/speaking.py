"""A client of /ugc/graphql that posts as the vendor's own do, and the engine that they meet."""

import shutil
import time
from pathlib import Path
from typing import Any

import httpx2

import jobmill_engines

REPOSITORY = Path(__file__).resolve().parents[3]
ENGINES = Path(__file__).parent / "engines"
EXAMPLES = Path(__file__).parent / "examples"
ENDED = ("FINISHED", "FAILED")
JOB = """fragment J on Job { id state metadata created name client { id } take { id }
    percentage_complete failureReason progress { state percentageComplete percentage_complete }
    outputs { key format file { id type name presignedUrl } } rig { name }
    inputs { numberOfActors clipWindow { startTime endTime }
             options { floorPlane mocapModel trackBall trackFingers } } }"""


def install_light_engine(data: Path) -> None:
    """Put the engine without its network into a data folder, under the bundled one's id."""
    folder = data / "engines" / "motion"
    shutil.copytree(ENGINES / "motion", folder)
    (place,) = jobmill_engines.__path__
    manifest = (Path(place) / "motion" / "engine.toml").read_text(encoding="utf-8")
    bundled = 'command = ["{python}", "-m", "jobmill_engines.motion"]'
    assert bundled in manifest
    mended = manifest.replace(bundled, 'command = ["{python}", "__main__.py"]')
    (folder / "engine.toml").write_text(mended, encoding="utf-8")
    (folder / "root").write_text(str(REPOSITORY), encoding="utf-8")


def example(name: str, **ids: str) -> str:
    """A document of the documentation as it is printed, with its ids filled in."""
    text = (EXAMPLES / f"{name}.graphql").read_text(encoding="utf-8")
    printed = {
        "take": "take-2be2463e-ffa3-419b-beb4-ea0f99c79512",
        "job": "job-43171933-7526-41a9-a1e2-d6ef328e2cbe",
    }
    for kind, value in ids.items():
        assert printed[kind] in text, kind
        text = text.replace(printed[kind], value)
    return text


class Speaker:
    """Posts documents; `with` closes its connection."""

    def __init__(self, url: str, key: str | None) -> None:
        self.url, self.key = url, key
        self.http = httpx2.Client(base_url=url, timeout=60)

    def __enter__(self) -> "Speaker":
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def post(self, query: str, variables: Any = None, **more: Any) -> httpx2.Response:
        """The bare answer."""
        body = {"query": query, **({} if variables is None else {"variables": variables}), **more}
        headers = {} if self.key is None else {"authorization": self.key}
        return self.http.post("/ugc/graphql", json=body, headers=headers)

    def data(self, query: str, variables: Any = None) -> Any:
        """The data of an answer without errors."""
        answer = self.post(query, variables)
        assert answer.status_code == 200, answer.text
        assert "errors" not in answer.json(), answer.text
        return answer.json()["data"]

    def error(self, query: str, variables: Any = None, status: int = 200) -> Any:
        """The one error of an answer."""
        answer = self.post(query, variables)
        assert answer.status_code == status, answer.text
        (error,) = answer.json()["errors"]
        return error

    def upload(self, film: Path | bytes, kind: str = "mp4") -> str:
        """A file with its bytes; its id."""
        query = "mutation ($t: String!) { file: createFile(type: $t) { id presignedUrl } }"
        file = self.data(query, {"t": kind})["file"]
        body = film if isinstance(film, bytes) else film.read_bytes()
        answer = httpx2.put(file["presignedUrl"], content=body)
        assert answer.status_code == 200, answer.text
        assert answer.headers["etag"]
        return str(file["id"])

    def take(self, film: Path | bytes) -> str:
        """A take of one camera with a film."""
        return self.take_of(self.upload(film))

    def take_of(self, file: str) -> str:
        """A take of one camera with a file."""
        query = """mutation ($s: [SourceInput!]) {
            take: createSingleCamTake(sources: $s, name: "walk") { id } }"""
        source = {"deviceLabel": "phone", "fileId": file, "format": "MP4"}
        return str(self.data(query, {"s": [source]})["take"]["id"])

    def job(self, take: str, arguments: str = "") -> Any:
        """A job on a take."""
        call = f'createSingleCamJob(takeId: "{take}" {arguments})'
        return self.data(f"mutation {{ job: {call} {{ ...J }} }} {JOB}")["job"]

    def see(self, job: str) -> Any:
        """A job as it is now."""
        query = f"query ($id: ID!) {{ job: getJob(jobId: $id) {{ ...J }} }} {JOB}"
        return self.data(query, {"id": job})["job"]

    def ended(self, job: str, seconds: float = 100) -> Any:
        """Poll a job until it has ended, as the vendor's example does."""
        return self.until(job, *ENDED, seconds=seconds)

    def until(self, job: str, *states: str, seconds: float = 100) -> Any:
        """Poll a job until it is in one of these states."""
        until = time.monotonic() + seconds
        seen = None
        while time.monotonic() < until:
            seen = self.see(job)
            if seen["state"] in states:
                return seen
            time.sleep(0.1)
        raise AssertionError(f"within {seconds} s not {states}: {seen}")
