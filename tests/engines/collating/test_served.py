"""The engines that put chunks together, in a graph on a real server."""

import json
from collections.abc import Iterator

import pytest

from jobmill_engine.aion import contract_errors
from tests.running import Running, running

FACTS = {"language": "en", "words": [{"start_ms": 10, "end_ms": 400, "text": "Harbour"}]}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("collating")) as made:
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
