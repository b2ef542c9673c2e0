"""Endpoints and deliveries by the clients."""

from datetime import UTC, datetime, timedelta

import pytest

from jobmill_client import AsyncJobmill, Conflict, Jobmill, NotFound
from tests.serving import ServerProcess

URL = "https://example.com/hooks"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def test_an_endpoint_lives_through_its_calls(client: Jobmill) -> None:
    made = client.endpoints.create(URL, ["task.skipped"], description="mine")
    assert (made.secret or "").startswith("whsec_")
    assert client.endpoints.get(made).secret is None
    assert made.id in [each.id for each in client.endpoints.list()]
    assert client.endpoints.rotate(made, overlap=timedelta(hours=1)).secrets == 2
    ping = client.endpoints.ping(made)
    assert client.deliveries.get(ping).type == "endpoint.ping"
    assert [each.id for each in client.deliveries.list(made)] == [ping.id]
    assert client.endpoints.edit(made, enabled=False).disabled_reason == "user"
    with pytest.raises(Conflict):
        client.endpoints.replay(made, datetime(2026, 1, 1, tzinfo=UTC))
    client.endpoints.delete(made)
    with pytest.raises(NotFound):
        client.deliveries.get(ping)


@pytest.mark.anyio
async def test_the_asynchronous_client_has_them_too(server: ServerProcess) -> None:
    async with AsyncJobmill(server.url, server.key) as client:
        made = await client.endpoints.create(URL, ["task.skipped"])
        assert made.id in [each.id async for each in client.endpoints.list()]
        assert await client.endpoints.replay(made, datetime(2026, 1, 1, tzinfo=UTC)) == 0
        await client.endpoints.delete(made)


def test_a_job_is_created_with_a_callback(client: Jobmill) -> None:
    job = client.jobs.create(input={"json": 1}, tasks=[{"engine": "noop"}], callback=URL)
    assert job.raw["callback"]["url"] == URL
    assert client.endpoints.get(job.raw["callback"]["id"]).callback
    client.jobs.delete(job)
