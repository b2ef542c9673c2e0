"""Who listens is looked up once a transaction, and is right in every unit of it."""

from datetime import timedelta
from pathlib import Path

import pytest

from jobmill.adapters.sql.connection import Connection
from jobmill.adapters.sql.work import SqlUnitOfWork
from jobmill.core.ids import EndpointId, new_id
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.webhooks import DeliveryState, DisabledReason, Endpoint, Message, SealedSecret
from jobmill.core.webhooks.ports import DeliveryQuery, NewEndpoint, Room
from tests.adapters.stores.seeds import owner, stranger
from tests.core.graphs import NOW

MINUTE = timedelta(minutes=1)


def add(work: UnitOfWork, url: str = "https://a.example", *, callback: bool = False) -> Endpoint:
    organization, user = owner(work)
    return work.webhooks.endpoints.add(
        NewEndpoint(
            id=EndpointId(new_id()),
            organization=organization,
            owner=user,
            url=url,
            events=("job.*",),
            format="standard",
            secrets=(SealedSecret("sealed"),),
            created_at=NOW,
            callback=callback,
        )
    )


def queue(work: UnitOfWork, endpoint: Endpoint, count: int = 1) -> None:
    listener = work.webhooks.endpoints.listener(endpoint.number)
    assert listener is not None
    for _ in range(count):
        message = Message(new_id(), endpoint.organization, "job.completed", NOW, {})
        work.webhooks.deliveries.add(message, listener, NOW)


def test_a_listener_is_heard_in_the_transaction_that_makes_it(work: UnitOfWork) -> None:
    organization, _ = owner(work)
    assert work.webhooks.endpoints.listening(organization) == ()
    endpoint = add(work)
    (listener,) = work.webhooks.endpoints.listening(organization)
    assert (listener.number, listener.enabled) == (endpoint.number, True)
    work.webhooks.deliveries.disable(endpoint.number, DisabledReason.GONE, NOW)
    assert [each.enabled for each in work.webhooks.endpoints.listening(organization)] == [False]
    work.webhooks.endpoints.remove(endpoint.number)
    assert work.webhooks.endpoints.listening(organization) == ()


def test_callbacks_and_strangers_endpoints_do_not_listen(work: UnitOfWork) -> None:
    add(work, callback=True)
    assert work.webhooks.endpoints.listening(owner(work)[0]) == ()
    add(work)
    assert work.webhooks.endpoints.listening(stranger(work)[0]) == ()


def test_units_of_one_commit_do_not_see_what_one_of_them_undid(file: Path) -> None:
    """As the writer does it: one unit of work, a savepoint each."""
    connection = Connection(file)
    connection.raw.execute("BEGIN IMMEDIATE")
    work = SqlUnitOfWork(connection)
    organization, _ = owner(work)
    connection.raw.execute("SAVEPOINT unit")
    add(work)
    assert len(work.webhooks.endpoints.listening(organization)) == 1
    connection.raw.execute("ROLLBACK TO unit")
    assert work.webhooks.endpoints.listening(organization) == ()
    connection.close()


def test_nothing_is_looked_up_twice_in_a_transaction(file: Path) -> None:
    connection = Connection(file)
    statements: list[str] = []
    connection.raw.execute("BEGIN IMMEDIATE")
    work = SqlUnitOfWork(connection)
    organization, _ = owner(work)
    connection.raw.set_trace_callback(statements.append)
    for _ in range(100):
        work.webhooks.endpoints.listening(organization)
    assert len(statements) == 1
    connection.close()


@pytest.mark.parametrize(("urls", "lanes"), [(("https://a/1", "https://a/2"), 2)])
def test_endpoints_have_lanes_of_their_own(
    work: UnitOfWork, urls: tuple[str, ...], lanes: int
) -> None:
    for url in urls:
        queue(work, add(work, url), 20)
    taken = work.webhooks.deliveries.lease("me", Room(lane=4), NOW, NOW + MINUTE)
    assert len(taken) == 4 * lanes


def test_callbacks_to_one_host_share_a_lane(work: UnitOfWork) -> None:
    for i in range(10):
        queue(work, add(work, f"https://a.example/{i}", callback=True))
    queue(work, add(work, "https://b.example/", callback=True))
    taken = work.webhooks.deliveries.lease("me", Room(lane=4), NOW, NOW + MINUTE)
    assert sorted(each.url for each in taken)[4:] == ["https://b.example/"]


def test_lanes_are_served_in_turn_when_room_is_short(work: UnitOfWork) -> None:
    for i in range(4):
        queue(work, add(work, f"https://{i}.example"), 10)
    taken = work.webhooks.deliveries.lease("me", Room(total=4, lane=4), NOW, NOW + MINUTE)
    assert len({each.url for each in taken}) == 4


def test_a_leased_delivery_is_not_given_out_again_nor_replayed(work: UnitOfWork) -> None:
    endpoint = add(work)
    queue(work, endpoint)
    (due,) = work.webhooks.deliveries.lease("me", Room(), NOW, NOW + MINUTE)
    assert work.webhooks.deliveries.lease("you", Room(), NOW, NOW + MINUTE) == []
    work.webhooks.deliveries.replay(due.delivery.number, NOW)
    count = work.webhooks.deliveries.replay_range(
        endpoint.number, NOW, NOW + MINUTE, list(DeliveryState), NOW
    )
    assert count == (0, None)
    assert work.webhooks.deliveries.free("you", NOW) == 0
    assert work.webhooks.deliveries.free(None, NOW + MINUTE - timedelta(microseconds=1)) == 0
    assert work.webhooks.deliveries.free(None, NOW + MINUTE) == 1


def test_a_removed_endpoint_takes_its_deliveries_along(work: UnitOfWork) -> None:
    endpoint, other = add(work), add(work)
    queue(work, endpoint, 3)
    queue(work, other)
    work.webhooks.endpoints.remove(endpoint.number)
    assert work.webhooks.deliveries.find(DeliveryQuery(endpoint.number)) == []
    assert len(work.webhooks.deliveries.find(DeliveryQuery(other.number))) == 1


def test_a_long_log_is_trimmed_in_slices_the_oldest_first(work: UnitOfWork) -> None:
    endpoint, other = add(work), add(work)
    queue(work, endpoint, 5)
    queue(work, other)
    kept = [each.number for each in work.webhooks.deliveries.find(DeliveryQuery(endpoint.number))]
    assert [work.webhooks.endpoints.trim(endpoint.number, 2) for _ in range(2)] == [2, 2]
    (left,) = work.webhooks.deliveries.find(DeliveryQuery(endpoint.number))
    assert left.number == kept[0]
    assert [work.webhooks.endpoints.trim(endpoint.number, 2) for _ in range(2)] == [1, 0]
    assert len(work.webhooks.deliveries.find(DeliveryQuery(other.number))) == 1


def test_a_range_is_replayed_in_slices_each_delivery_once(work: UnitOfWork) -> None:
    endpoint = add(work)
    queue(work, endpoint, 5)
    deliveries = work.webhooks.deliveries
    deliveries.disable(endpoint.number, DisabledReason.GONE, NOW)
    slices, place = [], None
    while True:
        count, place = deliveries.replay_range(
            endpoint.number, NOW, NOW + MINUTE, list(DeliveryState), NOW, place, 2
        )
        slices.append(count)
        if place is None:
            break
    assert slices == [2, 2, 1]
    states = {each.state for each in deliveries.find(DeliveryQuery(endpoint.number))}
    assert states == {DeliveryState.PENDING}
