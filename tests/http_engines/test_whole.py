"""A service made with the author kit works in a job: registered by URL, run, facts in the result."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jobmill_engine import Engine, Result, Task
from jobmill_engine.http import EngineServer
from tests.running import Running, running


class Words(Engine):
    """Every word of a text, a second each."""

    def run(self, task: Task) -> Result | None:
        words = task.input().path.read_text().split()
        return {
            "language": "en",
            "words": [
                {"start_ms": 1000 * n, "end_ms": 1000 * n + 900, "text": word, "confidence": 0.9}
                for n, word in enumerate(words)
            ],
        }


@contextmanager
def serving(engine: Callable[[], Engine], **options: object) -> Iterator[str]:
    with EngineServer(engine, **options) as server:  # type: ignore[arg-type]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.url
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    data = tmp_path_factory.mktemp("data")
    with running(data, engine_allow=("127.0.0.0/8",)) as server:
        yield server


def test_a_whole_job_runs_at_a_registered_service(server: Running, tmp_path: Path) -> None:
    with serving(Words) as url:
        answer = server.client.post("/api/v1/engines", json={"url": url, "id": "words"})
        assert answer.status_code == 201, answer.text
        asset = server.client.post(
            "/api/v1/assets",
            content=b"a small harbour",
            headers={"X-Name": "text.txt", "Content-Type": "text/plain"},
        ).json()
        job = server.submit(tasks=[{"name": "a", "engine": "words"}], input={"asset": asset["id"]})
        ended = server.finish(job)
        assert ended["state"] == "completed", ended
        results = server.client.get(f"/api/v1/jobs/{job['id']}/results").json()["items"]
        words = results[0]["document"]["words"]
        assert [word["text"] for word in words] == ["a", "small", "harbour"]
        assert words[2]["start_ms"] == 2000
