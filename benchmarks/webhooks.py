"""How soon webhooks go out: 1,000 deliveries queued at once, and one more beside a sick receiver.

The receiver is a process of its own; commit and first attempt are told by the delivery log.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from benchmarks.report import Figure
from benchmarks.server import Server, running_server

DELIVERIES = 1000
PROBES = 20
BUDGET_S = 1.0
RECEIVER = """
import asyncio, sys
async def serve(reader, writer):
    try:
        while head := await reader.readuntil(b"\\r\\n\\r\\n"):
            length = head.lower().split(b"content-length:")[1].split(b"\\r\\n")[0]
            await reader.readexactly(int(length))
            if b" /silent" in head:
                await asyncio.sleep(3600)
            writer.write(b"HTTP/1.1 204 No Content\\r\\n\\r\\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()
async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=1000)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


def measure() -> list[Figure]:
    """p95 of commit to the end of the first attempt."""
    with _receiver() as url, running_server(JOBMILL_FETCH_ALLOW="127.0.0.0/8") as server:
        endpoint = _endpoint(server, url + "/fast")
        for _ in range(3):
            _ping(server, endpoint, 1)
        bursts = [_percentile(_burst(server, endpoint)) for _ in range(3)]
        _ping(server, _endpoint(server, url + "/silent"), DELIVERIES)
        beside = [_ping(server, endpoint, 1)[0] for _ in range(PROBES)]
    return [
        _figure("webhook_first_attempt_of_1000", sorted(bursts)[1], DELIVERIES),
        _figure("webhook_beside_1000_to_a_silent_receiver", _percentile(beside), PROBES),
    ]


def _figure(name: str, p95: float, runs: int) -> Figure:
    against = f"budget {BUDGET_S:g} s from commit"
    return Figure(name, 1000 * p95, "ms (p95)", against, p95 / BUDGET_S, "<= 1", runs)


def _percentile(seconds: list[float]) -> float:
    ordered = sorted(seconds)
    return ordered[int(0.95 * (len(ordered) - 1))]


def _endpoint(server: Server, url: str) -> str:
    made = server.http.post("/endpoints", json={"url": url, "events": ["task.*"]})
    return str(made.raise_for_status().json()["id"])


def _burst(server: Server, endpoint: str) -> list[float]:
    """A replay commits all of its deliveries at one moment."""
    missing = DELIVERIES - len(_delivered(server, endpoint))
    if missing > 0:
        _ping(server, endpoint, missing)
        _wait_for_all(server, endpoint)
    asked = {"from": "2000-01-01T00:00:00Z", "states": ["delivered"]}
    began = time.time()
    count = server.http.post(f"/endpoints/{endpoint}/replay", json=asked).json()["count"]
    return [at - began for at in _ends(server, endpoint, count, began)]


def _ping(server: Server, endpoint: str, count: int) -> list[float]:
    """Seconds from asking to the end of the first attempt; none of those that do not end."""
    made = [server.http.post(f"/endpoints/{endpoint}/ping").json()["id"] for _ in range(count)]
    if count > 1:
        return []
    while True:
        seen = server.http.get(f"/deliveries/{made[0]}").json()
        if seen["log"]:
            return [_unix(seen["log"][0]["at"]) - _unix(seen["created_at"])]
        time.sleep(0.005)


def _ends(server: Server, endpoint: str, count: int, since: float) -> list[float]:
    """When each was delivered. Asks little meanwhile: the asking costs what the sending needs."""
    _wait_for_all(server, endpoint)
    ends = [_unix(each["settled_at"]) for each in _delivered(server, endpoint)]
    ends = [at for at in ends if at >= since]
    if len(ends) != count:
        raise RuntimeError(f"{len(ends)} of {count} were delivered")
    return ends


def _wait_for_all(server: Server, endpoint: str) -> None:
    waiting = {"state": "pending", "limit": 1}
    while server.http.get(f"/endpoints/{endpoint}/deliveries", params=waiting).json()["items"]:
        time.sleep(0.1)


def _delivered(server: Server, endpoint: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    query: dict[str, Any] = {"state": "delivered", "limit": 1000}
    while True:
        page = server.http.get(f"/endpoints/{endpoint}/deliveries", params=query).json()
        found += page["items"]
        if page["next"] is None:
            return found
        query["cursor"] = page["next"]


def _unix(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@contextmanager
def _receiver() -> Iterator[str]:
    process = subprocess.Popen([sys.executable, "-c", RECEIVER], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.kill()
        process.wait()
