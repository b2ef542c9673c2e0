"""Which deliveries may be sent now, given out on lease so that no two processes send one at once.

Work waits in lanes. Each lane has a bound of its own, and lanes are served in turn, so that one
slow receiver holds up its own lane only.
"""

import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jobmill.adapters.sql.connection import Connection, Row, micros, moment
from jobmill.adapters.sql.delivery_rows import delivery_of
from jobmill.adapters.sql.endpoints import secrets_of
from jobmill.core.webhooks.model import Due
from jobmill.core.webhooks.ports import Room, Settled

REMEMBERED_ATTEMPTS = 50
_DUE_LANES = """
WITH RECURSIVE waiting (lane) AS (
    SELECT min(lane) FROM delivery WHERE state = 'pending' AND lease IS NULL
    UNION ALL
    SELECT (SELECT min(lane) FROM delivery
            WHERE state = 'pending' AND lease IS NULL AND lane > waiting.lane)
    FROM waiting WHERE waiting.lane IS NOT NULL)
SELECT lane FROM waiting WHERE lane IS NOT NULL AND EXISTS (
    SELECT 1 FROM delivery WHERE delivery.lane = waiting.lane AND state = 'pending'
        AND lease IS NULL AND due_at <= :now)"""
_WINDOW = """
SELECT delivery.number, delivery.endpoint, delivery.job, delivery.attempt, delivery.due_at,
       endpoint.failing_since IS NOT NULL AS failing
FROM delivery JOIN endpoint ON endpoint.number = delivery.endpoint
WHERE delivery.lane = :lane AND delivery.state = 'pending' AND delivery.lease IS NULL
    AND delivery.due_at <= :now
ORDER BY delivery.due_at, delivery.number LIMIT :limit"""
_LEASED = """
SELECT delivery.lane, delivery.endpoint, delivery.job, endpoint.failing_since IS NOT NULL AS failing
FROM delivery JOIN endpoint ON endpoint.number = delivery.endpoint
WHERE delivery.lease IS NOT NULL"""
_TAKE = """
UPDATE delivery SET lease = :lease, lease_until = :until WHERE number = :number"""
_TAKEN = """
SELECT delivery.*, endpoint.id AS endpoint_id, endpoint.url, endpoint.format, endpoint.secrets
FROM delivery JOIN endpoint ON endpoint.number = delivery.endpoint
WHERE delivery.number = :number"""
_SETTLE = """
UPDATE delivery SET state = :state, attempt = :tries, due_at = :due_at, lease = NULL,
    lease_until = NULL, last_status = :status, last_error = :error, settled_at = :settled_at
WHERE number = :number AND lease = :lease"""


@dataclass(slots=True)
class _Sending:
    """What is being sent, and what has been chosen besides."""

    total: int = 0
    failing: int = 0
    lanes: Counter[str] = field(default_factory=Counter)
    series: set[tuple[int, int]] = field(default_factory=set)
    """Jobs of which an event is on its way to an endpoint."""

    def add(self, lane: str, row: Row) -> None:
        self.total += 1
        self.failing += row["failing"]
        self.lanes[lane] += 1
        if row["job"] is not None:
            self.series.add((row["endpoint"], row["job"]))


class Leases:
    """The part of `DeliveryStore` that gives out, takes back and settles."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def take(self, owner: str, room: Room, now: datetime, until: datetime) -> Sequence[Due]:
        """Each lane's next ones in turn, until there is no more room."""
        sending = _Sending()
        for row in self._db.all(_LEASED):
            sending.add(row["lane"], row)
        chosen: list[Any] = []
        if sending.total < room.total:
            lanes = [row["lane"] for row in self._db.all(_DUE_LANES, now=micros(now))]
            queues = [self._lane(lane, sending, room, now) for lane in lanes]
            chosen = list(_in_turn(queues, sending, room))
        return [self._leased(owner, number, until) for number in chosen]

    def _lane(
        self, lane: str, sending: _Sending, room: Room, now: datetime
    ) -> Iterator[tuple[str, Row]]:
        if sending.lanes[lane] >= room.lane:
            return
        rows = self._db.all(_WINDOW, lane=lane, now=micros(now), limit=4 * room.lane)
        for row in rows:
            yield lane, row

    def _leased(self, owner: str, number: int, until: datetime) -> Due:
        lease = f"{owner}/{secrets.token_hex(8)}"
        self._db.run(_TAKE, number=number, lease=lease, until=micros(until))
        row = self._db.one(_TAKEN, number=number)
        assert row is not None  # noqa: S101  chosen in this transaction
        return Due(delivery_of(row), lease, row["url"], row["format"], secrets_of(row["secrets"]))

    def settle(self, settled: Settled, now: datetime) -> bool:
        """Only whoever holds the lease may."""
        attempt = settled.attempt
        changed = self._db.run(
            _SETTLE,
            number=settled.number,
            lease=settled.lease,
            state=settled.state,
            tries=settled.tries,
            due_at=micros(settled.due_at),
            status=attempt.status,
            error=attempt.error,
            settled_at=None if settled.due_at else micros(now),
        )
        if not changed:
            return False
        self._db.run(
            """INSERT INTO delivery_attempt (delivery, at, ms, status, error, answer)
               VALUES (:delivery, :at, :ms, :status, :error, :answer)""",
            delivery=settled.number,
            at=micros(attempt.at),
            ms=attempt.ms,
            status=attempt.status,
            error=attempt.error,
            answer=attempt.answer,
        )
        if settled.tries > 1:
            self._forget_first_attempts(settled.number)
        return True

    def _forget_first_attempts(self, delivery: int) -> None:
        self._db.run(
            """DELETE FROM delivery_attempt WHERE delivery = :delivery AND number <= (
                   SELECT number FROM delivery_attempt WHERE delivery = :delivery
                   ORDER BY number DESC LIMIT 1 OFFSET :kept)""",
            delivery=delivery,
            kept=REMEMBERED_ATTEMPTS,
        )

    def free(self, owner: str | None, now: datetime) -> int:
        """Back into their lanes, as they were before."""
        given_back = "UPDATE delivery SET lease = NULL, lease_until = NULL WHERE lease IS NOT NULL"
        if owner is None:
            return self._db.run(f"{given_back} AND lease_until <= :now", now=micros(now))
        return self._db.run(f"{given_back} AND lease LIKE :owner", owner=f"{owner}/%")

    def any_due(self, now: datetime) -> bool:
        """Due and free, or on a lease that has ended."""
        found = self._db.value(
            """SELECT EXISTS (SELECT 1 FROM delivery
                              WHERE state = 'pending' AND lease IS NULL AND due_at <= :now)
                   OR EXISTS (SELECT 1 FROM delivery
                              WHERE lease IS NOT NULL AND lease_until <= :now)""",
            now=micros(now),
        )
        return bool(found)

    def next_due(self, now: datetime) -> datetime | None:
        """What is due already waits for room, not for time."""
        due = self._db.value(
            """SELECT min(due_at) FROM delivery
               WHERE state = 'pending' AND lease IS NULL AND due_at > :now""",
            now=micros(now),
        )
        ends = self._db.value(
            """SELECT min(lease_until) FROM delivery
               WHERE lease IS NOT NULL AND lease_until > :now""",
            now=micros(now),
        )
        return moment(min((each for each in (due, ends) if each is not None), default=None))


def _in_turn(
    queues: list[Iterator[tuple[str, Row]]], sending: _Sending, room: Room
) -> Iterator[int]:
    """One of each lane, then another of each …, as far as bounds and order allow."""
    while queues and sending.total < room.total:
        left = []
        for queue in queues:
            for lane, row in queue:
                if sending.total < room.total and _may_go(lane, row, sending, room):
                    sending.add(lane, row)
                    yield row["number"]
                    left.append(queue)
                    break
        queues = left


def _may_go(lane: str, row: Row, sending: _Sending, room: Room) -> bool:
    bound = room.failing_lane if row["failing"] else room.lane
    if sending.lanes[lane] >= bound or (row["failing"] and sending.failing >= room.failing):
        return False
    # A first try waits for the event before it; a repeated one holds nobody up.
    first = row["attempt"] == 0
    return not (first and (row["endpoint"], row["job"]) in sending.series)
