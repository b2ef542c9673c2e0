"""The sender of webhooks: once an event at least, for days, in order, and nobody held up."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from jobmill.core.errors import SecretUnreadable
from jobmill.core.events import EventType
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import JobInput, SubmitJob, cancel_job, purge_job, submit_job
from jobmill.core.jobs.service.job_input import Outside
from jobmill.core.webhooks import (
    DeliveryState,
    DisabledReason,
    Due,
    Format,
    Outgoing,
    Posted,
    Rendered,
)
from jobmill.core.webhooks.ports import DeliveryQuery, Room
from jobmill.core.webhooks.schedule import SCHEDULE
from jobmill.core.webhooks.service import (
    EndpointChange,
    EndpointSpec,
    Mailroom,
    change_endpoint,
    replay_delivery,
    replay_endpoint,
    rotate_secret,
)
from tests.runtime.postal import DOWN, OK, PlainVault, Postal
from tests.runtime.world import World

pytestmark = pytest.mark.anyio
URL, OTHER = "https://a.example/hook", "https://b.example/hook"


@pytest.fixture
async def postal(world: World) -> AsyncIterator[Postal]:
    postal = Postal(world)
    yield postal
    await postal.end()


async def test_an_event_and_its_delivery_are_written_together(postal: Postal) -> None:
    endpoint = await postal.endpoint(URL, "job.created")
    await postal.job()
    (waiting,) = await postal.log(endpoint)
    assert (waiting.state, waiting.attempt, waiting.message.type) == (
        DeliveryState.PENDING,
        0,
        "job.created",
    )


async def test_a_change_that_is_undone_leaves_no_delivery(postal: Postal) -> None:
    endpoint = await postal.endpoint(URL)
    graph = await postal.job()
    (created,) = await postal.log(endpoint)
    world, now = postal.world, postal.world.clock.now()

    def half(work: UnitOfWork) -> None:
        cancel_job(work, world.who, graph.job.id, now)
        assert len(work.webhooks.deliveries.find(DeliveryQuery(endpoint.number))) == 2
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await postal.do(half)
    assert await postal.log(endpoint) == [created]


async def test_the_number_in_the_body_is_that_of_the_event(postal: Postal) -> None:
    endpoint = await postal.endpoint(URL, "*")
    postal.world.start_worker()
    job = await postal.world.ended(await postal.job())
    events = await postal.world.events(job)
    told = [(d.message.type, d.message.data["event"]) for d in await postal.log(endpoint)]
    assert told == [(event.type, event.number) for event in events]
    assert {each.type for each in events} >= {EventType.JOB_CREATED, EventType.JOB_COMPLETED}


async def test_a_receiver_that_is_down_for_days_gets_the_event_under_one_id(
    postal: Postal,
) -> None:
    endpoint = await postal.endpoint(URL, "job.created")
    postal.office.ends = lambda url, rendered: DOWN
    postal.start()
    await postal.job()
    for tries, pause in enumerate(SCHEDULE[:-1], start=1):
        waiting = await postal.tried(endpoint, tries)
        assert waiting.due_at == postal.world.clock.now() + pause
        await postal.world.advance(pause.total_seconds() - 1)
        assert len(postal.office.posted) == tries, "not before its time"
        await postal.world.advance(1)
    postal.office.ends = lambda url, rendered: OK
    await postal.tried(endpoint, len(SCHEDULE))
    await postal.world.advance(SCHEDULE[-1].total_seconds())
    (delivered,) = await postal.settled(endpoint, delivered=1)
    assert set(postal.office.ids(URL)) == {delivered.message.id}
    log = await postal.world.real.read(
        lambda work: work.webhooks.deliveries.attempts(delivered.number)
    )
    assert len(log) == len(SCHEDULE)
    assert log[0].error == DOWN.error


async def test_after_the_last_try_it_is_failed_and_a_replay_begins_anew(postal: Postal) -> None:
    endpoint = await postal.endpoint(URL)
    postal.office.ends = lambda url, rendered: Posted(1, 500, answer="oops")
    postal.start()
    (ping,) = await postal.ping(endpoint)
    for tries, pause in enumerate(SCHEDULE, start=1):
        await postal.tried(endpoint, tries)
        await postal.world.advance(pause.total_seconds())
    (failed,) = await postal.settled(endpoint, failed=1)
    assert (failed.attempt, failed.last_status, failed.due_at) == (len(SCHEDULE) + 1, 500, None)
    postal.office.ends = lambda url, rendered: OK
    now = postal.world.clock.now()
    await postal.do(lambda work: replay_delivery(work.webhooks, postal.who, ping.id, now))
    (delivered,) = await postal.settled(endpoint, delivered=1)
    assert delivered.attempt == 1
    assert len(set(postal.office.ids(URL))) == 1


async def test_410_disables_and_holds_and_a_replay_sends_what_was_held(postal: Postal) -> None:
    endpoint = await postal.endpoint(URL, "job.created")
    postal.office.ends = lambda url, rendered: Posted(1, 410)
    postal.start()
    began = postal.world.clock.now()
    await postal.job()
    await postal.settled(endpoint, failed=1)
    assert (await postal.again(endpoint)).disabled is DisabledReason.GONE
    await postal.job()
    await postal.settled(endpoint, failed=1, held=1)
    assert len(postal.office.posted) == 1, "nothing goes to a disabled endpoint"
    postal.office.ends = lambda url, rendered: OK
    await postal.world.advance(1)
    now = postal.world.clock.now()

    def back(work: UnitOfWork) -> int:
        store = work.webhooks
        enable = EndpointChange(enabled=True)
        change_endpoint(store, postal.room, postal.who, endpoint.id, enable, now)
        return replay_endpoint(store, postal.who, endpoint.id, began, now, (), now)[0]

    assert await postal.do(back) == 2
    await postal.settled(endpoint, delivered=2)


async def test_an_endpoint_that_fails_for_five_days_is_disabled(postal: Postal) -> None:
    endpoint = await postal.endpoint(URL)
    postal.office.ends = lambda url, rendered: DOWN
    postal.start()
    for _ in range(11):
        await postal.ping(endpoint)

        async def none_is_new() -> bool:
            return all(each.attempt for each in await postal.log(endpoint))

        await postal.until(none_is_new)
        assert (await postal.again(endpoint)).failing_since is not None
        assert (await postal.again(endpoint)).disabled is None
        await postal.world.advance(timedelta(hours=11).total_seconds())

    async def disabled() -> bool:
        return (await postal.again(endpoint)).disabled is DisabledReason.FAILING

    await postal.until(disabled)
    assert DeliveryState.PENDING not in {each.state for each in await postal.log(endpoint)}


async def test_a_success_ends_a_series_of_failures(postal: Postal) -> None:
    endpoint = await postal.endpoint(URL)
    postal.office.ends = lambda url, rendered: DOWN
    postal.start()
    await postal.ping(endpoint)
    await postal.tried(endpoint, 1)
    assert (await postal.again(endpoint)).failures == 1
    postal.office.ends = lambda url, rendered: OK
    await postal.world.advance(5)
    await postal.settled(endpoint, delivered=1)
    healthy = await postal.again(endpoint)
    assert (healthy.failing_since, healthy.failures) == (None, 0)


async def test_first_tries_of_one_job_go_one_after_the_other(postal: Postal) -> None:
    await postal.endpoint(URL, "job.*")
    gate = postal.office.hold(URL)
    postal.world.start_worker()
    job = await postal.job()
    postal.start()
    await postal.world.ended(job)
    await postal.sent(URL, 1)
    await postal.world.advance(0.1)
    gate.set()
    await postal.sent(URL, 3)
    assert postal.office.most[URL] == 1
    types = [rendered.body.split(b'"')[3] for _, rendered in postal.office.posted]
    assert types == [b"job.created", b"job.started", b"job.completed"]


async def test_an_event_that_fails_does_not_hold_up_the_next_of_its_job(postal: Postal) -> None:
    endpoint = await postal.endpoint(URL, "job.*")
    postal.office.ends = lambda url, rendered: DOWN if b"job.created" in rendered.body else OK
    postal.world.start_worker()
    postal.start()
    await postal.job()
    log = await postal.settled(endpoint, pending=1, delivered=2)
    assert log[0].message.type == "job.created"


async def test_one_silent_receiver_delays_no_other(postal: Postal) -> None:
    silent, quick = await postal.endpoint(URL), await postal.endpoint(OTHER)
    postal.office.hold(URL)
    postal.start(room=Room(total=8, lane=4))
    await postal.ping(silent, 100)
    await postal.ping(quick, 100)
    await postal.settled(quick, delivered=100)
    assert postal.office.most[URL] == 4
    assert postal.office.most[OTHER] <= 4


async def test_failing_endpoints_together_leave_room_for_the_others(postal: Postal) -> None:
    failing = [await postal.endpoint(f"{URL}/{i}") for i in range(6)]
    postal.office.ends = lambda url, rendered: DOWN if url.startswith(URL) else OK
    room = Room(total=6, lane=4, failing_lane=2, failing=3)
    postal.start(room=room)
    for each in failing:
        await postal.ping(each)
    for each in failing:
        await postal.tried(each, 1)
    for each in failing:
        postal.office.hold(each.url)
    begun = len(postal.office.posted)
    await postal.world.advance(5)

    async def three_under_way() -> bool:
        return len(postal.office.posted) == begun + 3

    await postal.until(three_under_way)
    quick = await postal.endpoint(OTHER)
    await postal.ping(quick, 50)
    await postal.settled(quick, delivered=50)
    assert len(postal.office.posted) == begun + 3 + 50


async def test_two_senders_never_send_the_same_try(postal: Postal) -> None:
    endpoint = await postal.endpoint(URL)
    await postal.ping(endpoint, 200)
    postal.start("sender-1")
    postal.start("sender-2")
    await postal.settled(endpoint, delivered=200)
    ids = postal.office.ids(URL)
    assert len(ids) == len(set(ids)) == 200


async def test_what_a_dead_sender_held_goes_again_when_its_lease_ends(postal: Postal) -> None:
    endpoint = await postal.endpoint(URL)
    (ping,) = await postal.ping(endpoint)
    now = postal.world.clock.now()
    await postal.do(
        lambda work: work.webhooks.deliveries.lease(
            "sender-9", Room(), now, now + timedelta(seconds=60)
        )
    )
    postal.start()
    await postal.world.advance(59)
    await postal.ping(endpoint)
    await postal.settled(endpoint, delivered=1, pending=1)
    assert ping.message.id not in postal.office.ids(URL)
    await postal.world.advance(1)
    await postal.settled(endpoint, delivered=2)


async def test_a_sender_that_starts_anew_takes_its_own_up_at_once(postal: Postal) -> None:
    endpoint = await postal.endpoint(URL)
    await postal.ping(endpoint)
    now = postal.world.clock.now()
    await postal.do(
        lambda work: work.webhooks.deliveries.lease(
            "sender-1", Room(), now, now + timedelta(seconds=60)
        )
    )
    postal.start("sender-1")
    await postal.settled(endpoint, delivered=1)


async def test_the_end_of_a_try_counts_only_for_the_holder_of_the_lease(postal: Postal) -> None:
    endpoint = await postal.endpoint(URL)
    await postal.ping(endpoint)
    gate = postal.office.hold(URL)
    postal.start("sender-1")
    await postal.sent(URL, 1)
    await postal.do(lambda work: work.webhooks.deliveries.free("sender-1", None))
    gate.set()
    (delivered,) = await postal.settled(endpoint, delivered=1)
    assert len(postal.office.ids(URL)) == 2, "sent twice, under one id"
    log = await postal.world.real.read(
        lambda work: work.webhooks.deliveries.attempts(delivered.number)
    )
    assert len(log) == 1


async def test_a_stopped_sender_gives_back_what_it_had_under_way(postal: Postal) -> None:
    endpoint = await postal.endpoint(URL)
    await postal.ping(endpoint)
    postal.office.hold(URL)
    sender = postal.start("sender-1")
    await postal.sent(URL, 1)
    sender.cancel()
    await asyncio.gather(sender, return_exceptions=True)
    postal.office.held.clear()
    postal.start("sender-2")
    await postal.settled(endpoint, delivered=1)


async def test_a_full_disk_loses_no_end_of_a_try(postal: Postal) -> None:
    endpoint = await postal.endpoint(URL)
    await postal.ping(endpoint)
    gate = postal.office.hold(URL)
    postal.start()
    await postal.sent(URL, 1)
    postal.world.database.full = True
    gate.set()
    await asyncio.wait_for(postal.world.database.refused.wait(), 20)
    postal.world.database.full = False
    await postal.settled(endpoint, delivered=1)
    assert len(postal.office.posted) == 1


async def test_a_callback_outlives_its_job_until_its_log_is_forgotten(postal: Postal) -> None:
    world, now = postal.world, postal.world.clock.now()
    outside = Outside(world.catalog, world.roots, world.fetcher, postal.room)
    command = SubmitJob(
        JobInput(json=1),
        tasks=({"name": "a", "engine": "noop"},),
        callback=EndpointSpec(URL, ("job.created",)),
    )
    made = await postal.do(lambda work: submit_job(work, outside, world.who, command, now))
    assert made.callback_secret is not None
    await world.cancel(made.graph)
    await postal.do(lambda work: purge_job(work, made.graph.job.number, now))
    callback = made.graph.job.callback
    endpoint = await postal.do(lambda work: work.webhooks.endpoints.get(callback.endpoint))
    postal.start()
    await postal.settled(endpoint, delivered=1)
    await world.advance(timedelta(days=30).total_seconds())

    async def forgotten() -> bool:
        found = await world.real.read(lambda work: work.webhooks.endpoints.get(callback.endpoint))
        return found is None

    await postal.until(forgotten)
    assert await postal.log(endpoint) == []


async def test_the_log_is_kept_for_thirty_days_and_no_longer(postal: Postal) -> None:
    endpoint = await postal.endpoint(URL)
    postal.start()
    await postal.ping(endpoint, 3)
    await postal.settled(endpoint, delivered=3)
    await postal.world.advance(timedelta(days=29).total_seconds())
    postal.office.ends = lambda url, rendered: DOWN
    await postal.ping(endpoint)
    await postal.settled(endpoint, delivered=3, pending=1)
    await postal.world.advance(timedelta(days=1).total_seconds())
    await postal.settled(endpoint, delivered=0)
    assert len(await postal.log(endpoint)) == 1, "what is on its way stays"


async def test_endpoints_that_did_not_ask_cost_no_rows(postal: Postal) -> None:
    endpoint = await postal.endpoint(URL, "job.failed")
    postal.world.start_worker()
    await postal.world.ended(await postal.job())
    assert await postal.log(endpoint) == []


async def test_a_format_of_its_own_decides_body_signature_and_secret(postal: Postal) -> None:
    """What a dialect brings: pure functions, and a look at what the body needs besides."""

    def gather(work: UnitOfWork, due: Due) -> dict[str, Any]:
        job = due.delivery.message.job
        graph = None if job is None else work.jobs.graph(job)
        return {"tasks": [task.name for task in graph.tasks] if graph else []}

    def write(outgoing: Outgoing) -> Rendered:
        body = json.dumps({"is": outgoing.message.type, **outgoing.extras}).encode()
        signed = f"{outgoing.secrets[0]} over {len(body)}"
        return Rendered({"webhook-id": outgoing.message.id, "X-Vendor": signed}, body)

    vendor = Format("vendor", write, lambda: "made-up", lambda given: None, gather)
    postal.room = Mailroom(postal.room.vault, {**postal.room.formats, "vendor": vendor}, print)
    endpoint = await postal.endpoint(URL, "job.created", style="vendor")
    postal.start()
    await postal.job()
    await postal.settled(endpoint, delivered=1)
    ((_, rendered),) = postal.office.posted
    assert json.loads(rendered.body) == {"is": "job.created", "tasks": ["a"]}
    assert rendered.headers["X-Vendor"] == f"made-up over {len(rendered.body)}"


async def test_a_format_that_is_gone_or_breaks_is_a_failed_try_of_its_own(postal: Postal) -> None:
    def breaks(outgoing: Outgoing) -> Rendered:
        raise ValueError("a bug of the dialect")

    vendor = Format("vendor", breaks, lambda: "made-up", lambda given: None)
    known = postal.room
    postal.room = Mailroom(known.vault, {**known.formats, "vendor": vendor}, print)
    broken = await postal.endpoint(URL, style="vendor")
    sound = await postal.endpoint(OTHER)
    postal.start()
    await postal.ping(broken)
    await postal.ping(sound)
    await postal.settled(sound, delivered=1)
    tried = await postal.tried(broken, 1)
    assert "unforeseen" in (tried.last_error or "")
    await postal.end()
    postal.room = known
    postal.start()
    await postal.world.advance(5)
    assert "no format 'vendor'" in ((await postal.tried(broken, 2)).last_error or "")


async def test_a_secret_that_does_not_open_is_a_failed_try(postal: Postal) -> None:
    endpoint = await postal.endpoint(URL)

    class LostKey(PlainVault):
        def open(self, sealed: str, context: str) -> str:
            raise SecretUnreadable("The key file is missing.")

    postal.room = Mailroom(LostKey(), postal.room.formats, print)
    postal.start()
    await postal.ping(endpoint)
    assert (await postal.tried(endpoint, 1)).last_error == "The key file is missing."
    assert postal.office.posted == []


async def test_an_old_secret_stops_signing_at_its_moment(postal: Postal) -> None:
    endpoint = await postal.endpoint(URL)
    now, hour = postal.world.clock.now(), timedelta(hours=1)
    made = await postal.do(
        lambda work: rotate_secret(
            work.webhooks, postal.room, postal.who, endpoint.id, None, hour, now
        )
    )
    assert made.secret is not None
    postal.start()
    for seconds, signatures in ((3599, 2), (1, 1)):
        await postal.world.advance(seconds)
        await postal.ping(endpoint)
        await postal.settled(endpoint, delivered=len(await postal.log(endpoint)))
        signed = postal.office.posted[-1][1].headers["webhook-signature"]
        assert signed.count("v1,") == signatures
