"""Files that are larger than memory should be: they are streamed, whichever way they go."""

from pathlib import Path

import httpx2
import pytest

from tests.serving import ServerProcess
from tests.serving.large import BLOCK, resident, stream

GROWTH = 60 * 2**20


@pytest.mark.parametrize(
    "size",
    [300 * 2**20, pytest.param(10 * 2**30, marks=[pytest.mark.full, pytest.mark.timeout(900)])],
)
def test_large_files_do_not_grow_the_server(data: Path, size: int) -> None:
    with ServerProcess(data, "--no-worker") as server:
        key = {"Authorization": f"Bearer {server.key}"}
        with httpx2.Client(base_url=server.url, headers=key, timeout=600) as client:
            client.put("/api/v1/data/warm", content=BLOCK)
            before = resident(server.process.pid)
            raw = client.put("/api/v1/data/raw", content=stream(size))
            assert raw.json()["size"] == size
            tus = {"Tus-Resumable": "1.0.0", "Upload-Length": str(size)}
            where = client.post("/api/v1/uploads", headers=tus).headers["location"]
            piece = {
                "Tus-Resumable": "1.0.0",
                "Upload-Offset": "0",
                "Content-Type": "application/offset+octet-stream",
            }
            done = client.patch(where, headers=piece, content=stream(size))
            assert done.status_code == 204
            asset = client.get(f"/api/v1/assets/{done.headers['jobmill-asset']}").json()
            assert asset["sha256"] == raw.json()["sha256"]
            seen = 0
            with client.stream("GET", asset["content"]) as answer:
                for chunk in answer.iter_raw():
                    seen += len(chunk)
            assert seen == size
            assert resident(server.process.pid) - before < GROWTH
