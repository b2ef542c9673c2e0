"""What tasks that work chunk by chunk have found, while they go on and at their end."""

from pathlib import Path

import pytest

from tests.running import MakeGate, Running

MANIFEST = """
[engine]
id = "{name}"
name = "{name}"
category = "utility"
version = "1"
license = "Apache-2.0"
command = ["{{python}}", "__main__.py"]
modes = ["{mode}"]
"""
CUTTER = """
from jobmill_engine import Engine, serve

class Cutter(Engine):
    def run(self, task):
        for number in range(task.parameters["chunks"]):
            task.output("out", str(number).encode(), "text/plain", {"start_ms": number * 1000})
        return {"chunks": task.parameters["chunks"]}

serve(Cutter)
"""
FINDER = """
from jobmill_engine import Engine, serve

class Finder(Engine):
    def run(self, task):
        number = int(task.input().path.read_text())
        if number == task.parameters.get("gate_at"):
            with open(task.parameters["gate"]) as gate:
                gate.read()
        if number == 2:
            return None
        return {"found": number, "large": "x" * task.parameters.get("size", 0)}

serve(Finder)
"""
ROUTES = [{"from": "cut", "to": "find"}]


@pytest.fixture(scope="module")
def chunky(server: Running) -> Running:
    """The server with two engines more."""
    for name, mode, code in (("cutter", "whole", CUTTER), ("finder", "chunk", FINDER)):
        folder: Path = server.house.settings.data / "engines" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "__main__.py").write_text(code)
        (folder / "engine.toml").write_text(MANIFEST.format(name=name, mode=mode))
    return server


def test_findings_are_readable_while_further_chunks_come(chunky: Running, gate: MakeGate) -> None:
    way = gate()
    asked = {"gate_at": 1, "gate": str(way.path)}
    tasks = [
        {"name": "cut", "engine": "cutter", "params": {"chunks": 4}},
        {"name": "find", "engine": "finder", "params": asked},
    ]
    job = chunky.submit(tasks=tasks, routes=ROUTES, input={"json": 1})
    way.tell()
    items = chunky.client.get(job["links"]["results"]).json()["items"]
    assert [(each["task"], each["chunk"] and each["chunk"]["number"]) for each in items] == [
        ("cut", None),
        ("find", 0),
    ]
    way.open()
    chunky.finish(job)
    items = chunky.client.get(job["links"]["results"], params={"task": "find"}).json()["items"]
    assert [each["document"]["found"] for each in items] == [0, 1, 3], "2 had nothing"
    assert [each["chunk"] for each in items][1] == {"number": 1, "meta": {"start_ms": 1000}}
    assert items[0]["provenance"]["engine"] == "finder"
    (first, *_) = chunky.client.get(f"{job['links']['tasks']}/cut/parts").json()["items"]
    assert items[0]["provenance"]["input_sha256"] == first["sha256"]
    answer = chunky.client.get(job["links"]["results"], params={"feature": "OTHER"})
    assert answer.json()["items"] == []


@pytest.mark.parametrize("size", [0, 100_000], ids=["in their rows", "as blobs"])
def test_many_findings_come_in_pages(chunky: Running, size: int) -> None:
    tasks = [
        {"name": "cut", "engine": "cutter", "params": {"chunks": 9}},
        {"name": "find", "engine": "finder", "params": {"size": size}},
        {"name": "again", "engine": "finder"},
    ]
    routes = [*ROUTES, {"from": "cut", "to": "again"}]
    job = chunky.submit(tasks=tasks, routes=routes, input={"json": 1})
    assert chunky.finish(job)["state"] == "completed"
    seen, pages, cursor = [], 0, {}
    while True:
        page = chunky.client.get(job["links"]["results"], params={"limit": 3, **cursor}).json()
        seen += [(each["task"], each["document"].get("found")) for each in page["items"]]
        assert all(
            len(each["document"]["large"]) == size
            for each in page["items"]
            if each["task"] == "find"
        )
        pages += 1
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    there = [0, 1, *range(3, 9)]
    expected = [("cut", None)] + [(name, n) for name in ("find", "again") for n in there]
    assert seen == expected
    assert pages == 6
