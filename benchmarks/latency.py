"""How soon work starts: POST to engine start, the next task of a chain, a worker apart."""

import time
from itertools import pairwise

from benchmarks.report import Figure, median
from benchmarks.server import Server, running_server

SAMPLES = 25
CHAIN = 5


def measure() -> list[Figure]:
    """p50 of each, on an idle server with a warm engine."""
    with running_server() as server:
        for _ in range(3):
            server.wait(_chain(server, CHAIN))
        starts = [_start(server) for _ in range(SAMPLES)]
        steps = [step for _ in range(SAMPLES // 2) for step in _steps(server)]
    return [
        _figure("post_to_engine_start", starts, 25),
        _figure("next_task_in_chain", steps, 10),
        _figure("other_process_submits", _from_other_process(), 250),
    ]


def _figure(name: str, seconds: list[float], budget_ms: float) -> Figure:
    p50 = 1000 * median(seconds)
    worst = 1000 * max(seconds)
    return Figure(
        name,
        p50,
        "ms (p50)",
        f"budget {budget_ms:g} ms; worst {worst:.1f} ms",
        p50 / budget_ms,
        "<= 1",
        len(seconds),
    )


def _chain(server: Server, length: int) -> dict[str, object]:
    names = [f"t{i}" for i in range(length)]
    return server.job(
        input={"json": 1},
        tasks=[{"name": name, "engine": "noop"} for name in names],
        routes=[{"from": a, "to": b} for a, b in pairwise(names)],
    )


def _began(server: Server, job: dict[str, object]) -> list[float]:
    """Unix times at which the engine began each task, told by the engine itself."""
    results = server.http.get(f"/jobs/{job['id']}/results").json()["items"]
    return sorted(result["document"]["began_at"] for result in results)


def _start(server: Server) -> float:
    posted = time.time()
    job = server.wait(server.job(input={"json": 1}, tasks=[{"engine": "noop"}]))
    return _began(server, job)[0] - posted


def _steps(server: Server) -> list[float]:
    began = _began(server, server.wait(_chain(server, CHAIN)))
    return [later - earlier for earlier, later in pairwise(began)]


def _from_other_process() -> list[float]:
    """The API in one process, the worker in another: POST to engine start."""
    with running_server(workers_apart=1) as server:
        server.wait(_chain(server, 1))
        return [_start(server) for _ in range(SAMPLES)]
