"""Whoever wants to know is told that a batch was read, and how each of its jobs ended."""

from collections import Counter
from collections.abc import Iterator
from ipaddress import ip_network

import pytest

from jobmill.core.ids import JobNumber
from tests.api.test_batches import read
from tests.api.test_endpoints import SECRET, create
from tests.api.test_many import post
from tests.receiver import Receiver, receiving
from tests.running import Running, running

ROWS = 510
"""More than are made in one transaction."""


@pytest.fixture(scope="module")
def open_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    allow = (ip_network("127.0.0.0/8"),)
    with running(tmp_path_factory.mktemp("told"), fetch_allow=allow, worker=False) as up:
        body = {"name": "any", "tasks": [{"name": "a", "engine": "noop"}]}
        assert up.client.post("/api/v1/pipelines", json=body).status_code == 201
        yield up


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as listening:
        yield listening


def test_endpoints_and_the_batchs_own_address_hear_of_its_end(
    open_server: Running, receiver: Receiver
) -> None:
    create(open_server, url=receiver.url + "/all", events=["batch.*"])
    told = {"url": receiver.url + "/told", "secret": SECRET}
    batch = post(
        open_server, "batches/rows", pipeline="any", inputs=[{"json": 1}, 7], told=told, name="Two"
    )
    read(open_server, batch)
    got = receiver.wait(2)
    assert sorted(each.path for each in got) == ["/all", "/told"]
    (own,) = (each for each in got if each.path == "/told")
    said = own.verified(SECRET)
    assert said["type"] == "batch.partial"
    details = said["data"]["details"]
    assert (details["batch"], details["name"], details["invalid"]) == (batch["id"], "Two", 1)


def test_each_job_of_a_batch_calls_back_once_and_the_address_lasts_as_long_as_they_do(
    open_server: Running, receiver: Receiver
) -> None:
    callback = {"url": receiver.url + "/job", "secret": SECRET, "events": ["job.cancelled"]}
    inputs = [{"json": number} for number in range(ROWS)]
    batch = post(open_server, "batches/rows", pipeline="any", inputs=inputs, callback=callback)
    assert read(open_server, batch)["size"] == ROWS
    post(open_server, f"batches/{batch['id']}/cancel")
    calls = Counter(each.json["data"]["job"]["number"] for each in receiver.wait(ROWS, 60))
    assert set(calls.values()) == {1}
    jobs = open_server.client.get("/api/v1/jobs", params={"batch": batch["id"], "limit": 1}).json()
    number = JobNumber(jobs["items"][0]["number"])

    def uses() -> int:
        def look(work: object) -> int:
            graph = work.jobs.graph(number)  # type: ignore[attr-defined]
            endpoint = graph.job.callback.endpoint
            found: int = work.webhooks.endpoints._db.value(  # type: ignore[attr-defined]
                "SELECT uses FROM endpoint WHERE number = :number", number=endpoint
            )
            return found

        return open_server.call(open_server.house.database.read(look))

    assert uses() == ROWS
