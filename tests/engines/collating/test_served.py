"""The engines that put chunks together, in a graph on a real server."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobmill_engine.aion import contract_errors
from tests.running import Running, running

FACTS = {"language": "en", "words": [{"start_ms": 10, "end_ms": 400, "text": "Harbour"}]}


CUTTER = """
import json
from jobmill_engine import Engine, serve

class Cutter(Engine):
    def run(self, task):
        seconds, chunk = task.parameters["seconds"], task.parameters["chunk"]
        for own in range(0, seconds, chunk):
            low, high = max(0, own - 1), min(seconds, own + chunk + 1)
            meta = {"start_ms": low * 1000, "end_ms": high * 1000,
                    "own_start_ms": own * 1000, "own_end_ms": (own + chunk) * 1000}
            task.output("out", json.dumps([low, high]).encode(), "application/json", meta)
        return {}

serve(Cutter)
"""
EAR = """
import json
from jobmill_engine import Engine, serve

class Ear(Engine):
    def run(self, task):
        low, high = json.loads(task.input().path.read_text())
        times = [n for n in range(1000) if low <= n * 0.4 and n * 0.4 + 0.4 <= high]
        words = [{"start_ms": n * 400 - low * 1000, "end_ms": n * 400 + 400 - low * 1000,
                  "text": str(n), "confidence": 0.9} for n in times]
        return {"language": "en", "words": words}

serve(Ear)
"""
MANIFEST = """
[engine]
id = "test-{name}"
name = "{name}"
category = "{category}"
version = "1"
license = "Apache-2.0"
command = ["{{python}}", "__main__.py"]
media_in = ["*/*"]
media_out = ["application/json"]
modes = {modes}
"""


def install(folder: Path, name: str, category: str, modes: list[str], code: str) -> None:
    home = folder / name
    home.mkdir(parents=True)
    (home / "__main__.py").write_text(code)
    text = MANIFEST.format(name=name, category=category, modes=json.dumps(modes))
    (home / "engine.toml").write_text(text)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    data = tmp_path_factory.mktemp("collating")
    install(data / "engines", "cutter", "ingestion", ["whole"], CUTTER)
    install(data / "engines", "ear", "transcription", ["whole", "chunk"], EAR)
    with running(data) as made:
        yield made


def test_what_is_gathered_goes_on_to_the_writer_and_comes_out_as_aion(server: Running) -> None:
    asset = server.client.post(
        "/api/v1/assets", content=json.dumps(FACTS).encode(), headers={"X-Name": "facts.json"}
    ).json()
    tasks = [
        {"name": "gather", "engine": "chunk-aggregator"},
        {"name": "write", "engine": "output-writer", "params": {"source_engine_name": "Ear"}},
    ]
    routes = [{"from": "gather", "to": "write"}]
    job = server.submit(tasks=tasks, routes=routes, input={"asset": asset["id"]})
    ended = server.finish(job)
    assert ended["state"] == "completed", ended["reason"]
    results = server.client.get(job["links"]["results"]).json()["items"]
    assert [each["document"] for each in results] == [FACTS, FACTS]
    parts = server.client.get(f"/api/v1/jobs/{job['id']}/tasks/write/parts").json()["items"]
    (part,) = [each for each in parts if each["port"] == "asset"]
    document = server.client.get(part["content"]).json()
    assert contract_errors(document, "transcript") == []
    assert document["sourceEngineName"] == "Ear"


def test_a_part_that_is_no_document_fails_the_job_with_its_place(server: Running) -> None:
    tasks = [{"name": "write", "engine": "output-writer"}]
    job = server.submit(tasks=tasks, input={"json": {"series": [{"startTimeMs": "now"}]}})
    ended = server.finish(job)
    assert (ended["state"], ended["reason"]["code"]) == ("failed", "invalid_document")
    assert ".series[0]" in ended["reason"]["message"]


def test_chunks_that_several_processes_heard_become_one_transcript(server: Running) -> None:
    """Chunks overlap by a second on each side; the words are numbers, one every 400 ms."""
    tasks = [
        {"name": "cut", "engine": "test-cutter", "params": {"seconds": 20, "chunk": 4}},
        {"name": "hear", "engine": "test-ear", "max_engines": 2},
        {"name": "write", "engine": "output-writer"},
    ]
    routes = [{"from": "cut", "to": "hear", "mode": "chunk"}, {"from": "hear", "to": "write"}]
    job = server.submit(tasks=tasks, routes=routes)
    ended = server.finish(job)
    assert ended["state"] == "completed", ended["reason"]
    results = server.client.get(job["links"]["results"]).json()["items"]
    (written,) = [each["document"] for each in results if each["task"] == "write"]
    heard = [(word["text"], word["start_ms"]) for word in written["words"]]
    assert heard == [(str(number), number * 400) for number in range(50)]
    files = [
        server.client.get(f"/api/v1/jobs/{job['id']}/exports/vtt", params=params).text
        for params in ({}, {"task": "hear"}, {"task": "write"})
    ]
    assert files[0].startswith("WEBVTT\n\n00:00:00.000 --> ")
    assert files[0] == files[1] == files[2]


def test_chunks_that_nobody_puts_together_are_exported_together(server: Running) -> None:
    tasks = [
        {"name": "cut", "engine": "test-cutter", "params": {"seconds": 8, "chunk": 4}},
        {"name": "hear", "engine": "test-ear"},
    ]
    job = server.submit(tasks=tasks, routes=[{"from": "cut", "to": "hear", "mode": "chunk"}])
    assert server.finish(job)["state"] == "completed"
    made = server.client.post("/api/v1/exports", json={"jobs": [job["id"]], "formats": ["txt"]})
    done = server.client.get(f"/api/v1/exports/{server.finish(made.json())['id']}").json()
    (file,) = done["files"]
    assert (file["task"], file["engine"]) == ("hear", "test-ear")
    one = server.client.get(f"/api/v1/jobs/{job['id']}/exports/txt").text
    assert one == " ".join(map(str, range(20))) + "\n"
