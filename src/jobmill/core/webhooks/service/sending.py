"""What the sender writes: leases on what is due, and how each try ended."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from jobmill.core.webhooks.formats import Formats
from jobmill.core.webhooks.model import (
    DeliveryAttempt,
    DeliveryState,
    DisabledReason,
    Due,
    Posted,
)
from jobmill.core.webhooks.ports import Room, Settled, WebhookStore
from jobmill.core.webhooks.schedule import given_up, pause_after

LEASE = timedelta(seconds=60)
KEEP = timedelta(days=30)
PRUNE_AT_ONCE = 500
GONE = 410


def take_due(
    store: WebhookStore, work: Any, formats: Formats, owner: str, room: Room, now: datetime
) -> Sequence[Due]:
    """Lease what is due. `work` is the unit of work around the store, for formats that read."""
    store.deliveries.free(None, now)
    taken = store.deliveries.lease(owner, room, now, now + LEASE)
    return [_gathered(work, formats, due) for due in taken]


def settle_try(
    store: WebhookStore, due: Due, posted: Posted, jitter: float, now: datetime
) -> DisabledReason | None:
    """Write how a try ended: delivered, another try later, or the end. Nothing if fenced off.

    Returns why the endpoint was taken out of service by this, if it was.
    """
    delivery, tries = due.delivery, due.delivery.attempt + 1
    state, due_at = DeliveryState.DELIVERED, None
    if not posted.accepted:
        pause = pause_after(tries, jitter, posted.retry_after)
        last = pause is None or posted.status == GONE
        state = DeliveryState.FAILED if last else DeliveryState.PENDING
        due_at = None if pause is None or last else now + pause
    attempt = _remembered(posted, now)
    settled = Settled(delivery.number, delivery.endpoint, due.lease, attempt, state, tries, due_at)
    if not store.deliveries.settle(settled, now):
        return None
    return _judge(store, due, posted, now)


def next_moment(store: WebhookStore, now: datetime) -> datetime | None:
    """When the sender must look again, if nothing else wakes it."""
    due, oldest = store.deliveries.next_due(now), store.deliveries.oldest_settled()
    moments = [each for each in (due, oldest and oldest + KEEP) if each is not None]
    return min(moments, default=None)


def prune_log(store: WebhookStore, now: datetime) -> int:
    """Forget settled deliveries whose time is over; how many."""
    return store.deliveries.prune(now - KEEP, PRUNE_AT_ONCE)


def _judge(store: WebhookStore, due: Due, posted: Posted, now: datetime) -> DisabledReason | None:
    """Disable an endpoint that is gone, or that has failed for days."""
    number = due.delivery.endpoint
    endpoint = store.deliveries.note_outcome(number, posted.accepted, now)
    if posted.accepted or endpoint is None:
        return None
    if endpoint.disabled is not None:
        store.deliveries.disable(number, endpoint.disabled, now)  # holds this one too
        return None
    reason = None
    if posted.status == GONE:
        reason = DisabledReason.GONE
    elif given_up(endpoint.failing_since, endpoint.failures, now):
        reason = DisabledReason.FAILING
    if reason is not None:
        store.deliveries.disable(number, reason, now)
    return reason


def _gathered(work: Any, formats: Formats, due: Due) -> Due:
    chosen = formats.get(due.format)
    if chosen is None or chosen.gather is None:
        return due
    return replace(due, extras=chosen.gather(work, due))


def _remembered(posted: Posted, now: datetime) -> DeliveryAttempt:
    return DeliveryAttempt(now, posted.ms, posted.status, posted.error, posted.answer)
