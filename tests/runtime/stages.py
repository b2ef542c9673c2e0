"""Small real engines that pass parts on, and a world that runs them in processes of their own.

A source may stop at a gate, a named pipe: it goes on when the test writes there.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from jobmill.adapters.subprocess import SubprocessRunner
from jobmill.core.jobs.model import JobGraph, Part
from jobmill_engine.manifest import Manifest, load_manifest
from tests.core.graphs import ListedEngines
from tests.runtime.world import World

MANIFEST = """
[engine]
id = "{name}"
name = "{name}"
category = "utility"
version = "1"
license = "Apache-2.0"
command = ["{{python}}", "__main__.py"]
modes = [{modes}]
"""
PORTS = {"keeper": '[[ports]]\nname = "kept"\nrole = "pieces"\n[[ports]]\nname = "in"\n'
         'direction = "in"\n'}  # fmt: skip
PROGRAM = """
import json, os, time
from jobmill_engine import *

class Made(Engine):
    def run(self, task):
{body}

serve(Made)
"""
BODIES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "source": (
        ("stream",),
        """
        p = task.parameters
        kept, word = task.kept("out"), p.get("word", "part")
        for i in range(p.get("parts_then", p["parts"]) if kept else p["parts"]):
            if i == p.get("fails_once_at") and not kept:
                raise EngineFailed("once", "Once only.")
            if kept and p.get("word_then") and i >= p["from"]:
                word = p["word_then"]
            if i == p.get("gate_at"):
                with open(p["gate"]) as gate:
                    gate.read()
            text = f"{word} {i}".encode().ljust(p.get("size", 0)) + b"\\n"
            task.output("out", text, "text/plain", {"start_ms": i * 1000})
        return {"parts": p["parts"], "kept": kept}
        """,
    ),
    "lines": (
        ("stream", "whole"),
        """
        count = 0
        with task.input().open() as file:
            for line in file:
                task.output("out", line.strip(), "text/plain", {"line": count})
                count += 1
        return {"lines": count, "live": task.input().live}
        """,
    ),
    "upper": (
        ("chunk", "whole"),
        """
        text = task.input().path.read_text().strip()
        if task.parameters.get("nothing_for") == text:
            return None
        if task.parameters.get("breaks_at") == text:
            raise EngineFailed("broken", "It broke.")
        if task.parameters.get("gate_for") == text:
            with open(task.parameters["gate"]) as gate:
                gate.read()
        return {"text": text.upper(), "pid": os.getpid()}
        """,
    ),
    "late": (
        ("stream",),
        """
        with open(task.parameters["gate"]) as gate:
            gate.read()
        with task.input().open() as file:
            return {"lines": sum(1 for _ in file)}
        """,
    ),
    "echo": (("chunk",), "return json.loads(task.input().path.read_text())"),
    "collect": (
        ("whole",),
        """
        found = [json.loads(each.path.read_text()) for each in task.inputs]
        return {"texts": [each["text"] for each in found],
                "numbers": [each.number for each in task.inputs],
                "starts": [each.meta.get("start_ms") for each in task.inputs]}
        """,
    ),
    "dies": (
        ("chunk",),
        """
        if task.input().path.read_text().strip() == "part 1":
            os._exit(3)
        return {"text": "lives"}
        """,
    ),
    "keeper": (
        ("stream",),
        """
        with task.input().open() as file:
            while piece := file.read(4):
                task.output("kept", piece, "text/plain", {"name": f"piece of {len(piece)}"})
        return {"live": task.input().live}
        """,
    ),
    "whole": (
        ("whole",),
        """
        return {"bytes": [each.path.read_text() for each in task.inputs]}
        """,
    ),
}


PIPELINE = [
    {"from": "source", "to": "lines", "mode": "stream"},
    {"from": "lines", "to": "upper"},
    {"from": "upper", "to": "collect"},
]


def make_engines(folder: Path) -> list[Manifest]:
    """All of them, as folders."""
    found = []
    for name, (modes, body) in BODIES.items():
        place = folder / name
        place.mkdir(parents=True)
        listed = ", ".join(f'"{mode}"' for mode in modes)
        text = MANIFEST.format(name=name, modes=listed) + PORTS.get(name, "")
        (place / "engine.toml").write_text(text)
        lines = [f"        {line}" for line in _dedented(body)]
        (place / "__main__.py").write_text(PROGRAM.format(body="\n".join(lines)))
        found.append(load_manifest(place))
    return found


def _dedented(body: str) -> list[str]:
    import textwrap

    return textwrap.dedent(body).strip("\n").splitlines()


@asynccontextmanager
async def staged(world: World, folder: Path) -> AsyncIterator[World]:
    """The world with these engines, run as processes."""
    world.catalog = ListedEngines(make_engines(folder / "engines"))
    runner = SubprocessRunner(folder / "records", grace_seconds=0.5)
    world.runner = runner  # type: ignore[assignment]
    try:
        yield world
    finally:
        await world.end()
        await runner.close()


class Gate:
    """A named pipe at which an engine waits."""

    def __init__(self, path: Path) -> None:
        self.path = path
        os.mkfifo(path)

    async def open(self) -> None:
        """Let the engine go on; waits until it has come to the gate."""
        await asyncio.to_thread(self.path.write_text, "go")


async def parts_of(world: World, job: JobGraph, task: str, port: str = "out") -> list[Part]:
    number = job.named(task).number
    parts = await world.real.read(lambda work: work.parts.of_task(number))
    return [part for part in parts if part.port == port]


async def until_parts(world: World, job: JobGraph, task: str, count: int) -> list[Part]:
    """The parts of a task, as soon as there are so many."""
    async with asyncio.timeout(20):
        while True:
            seen = world.real.bell.count
            found = await parts_of(world, job, task)
            if len(found) >= count:
                return found
            await world.real.bell.wait(seen, 5)


def texts(parts: list[Part]) -> list[str]:
    """What the parts that are not empty say."""
    return [json.loads(part.document)["text"] for part in parts if part.document]
