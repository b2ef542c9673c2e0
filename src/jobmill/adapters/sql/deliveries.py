"""Deliveries in SQL: queueing, reading, replaying, forgetting. `leases` gives them out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from jobmill.adapters.sql.connection import (
    Connection,
    Row,
    instant,
    micros,
    moment,
    placeholders,
    to_json,
)
from jobmill.adapters.sql.delivery_rows import delivery_of
from jobmill.adapters.sql.endpoints import SqlEndpointStore
from jobmill.adapters.sql.leases import Leases
from jobmill.core.ids import (
    DeliveryId,
    DeliveryNumber,
    EndpointNumber,
    OrganizationNumber,
    new_id,
)
from jobmill.core.webhooks.model import (
    Delivery,
    DeliveryAttempt,
    DeliveryState,
    DisabledReason,
    Due,
    Endpoint,
    Listener,
    Message,
)
from jobmill.core.webhooks.ports import DeliveryQuery, Place, Room, Settled

_INSERT = """
INSERT INTO delivery (id, organization, endpoint, message, type, job, data, at, lane, state,
                      created_at, due_at)
VALUES (:id, :organization, :endpoint, :message, :type, :job, :data, :at, :lane, :state,
        :created_at, :due_at)"""
_SELECT = """SELECT delivery.*, endpoint.id AS endpoint_id
             FROM delivery JOIN endpoint ON endpoint.number = delivery.endpoint"""
_AGAIN = """UPDATE delivery SET state = 'pending', attempt = 0, due_at = :at, settled_at = NULL
            WHERE lease IS NULL AND"""


class SqlDeliveryStore:
    """The `DeliveryStore` port."""

    def __init__(self, connection: Connection, endpoints: SqlEndpointStore) -> None:
        self._db = connection
        self._endpoints = endpoints
        self._leases = Leases(connection)

    def add(self, message: Message, listener: Listener, at: datetime) -> DeliveryId:
        delivery_id = DeliveryId(new_id())
        state = DeliveryState.PENDING if listener.enabled else DeliveryState.HELD
        self._db.run(
            _INSERT,
            id=delivery_id,
            organization=message.organization,
            endpoint=listener.number,
            message=message.id,
            type=message.type,
            job=message.job,
            data=to_json(message.data),
            at=micros(message.at),
            lane=listener.lane,
            state=state,
            created_at=micros(at),
            due_at=micros(at) if listener.enabled else None,
        )
        return delivery_id

    def by_id(
        self,
        organization: OrganizationNumber,
        id: DeliveryId,  # noqa: A002
    ) -> Delivery | None:
        row = self._db.one(
            f"{_SELECT} WHERE delivery.id = :id AND delivery.organization = :organization",
            id=id,
            organization=organization,
        )
        return delivery_of(row) if row else None

    def find(self, query: DeliveryQuery) -> Sequence[Delivery]:
        states = query.states or (None,)
        rows = [row for state in states for row in self._page(query, state)]
        rows.sort(key=lambda row: row["number"], reverse=True)
        return [delivery_of(row) for row in rows[: query.limit]]

    def _page(self, query: DeliveryQuery, state: DeliveryState | None) -> list[Row]:
        """One walk along an index a state: asked for together, SQLite would sort all of them."""
        where = ["delivery.endpoint = :endpoint", "delivery.number < :before"]
        values: dict[str, Any] = {"endpoint": query.endpoint, "limit": query.limit}
        values["before"] = 2**62 if query.before is None else query.before
        for condition, value in (
            ("delivery.state = :state", state),
            ("+delivery.created_at >= :from_at", micros(query.created_from)),
            ("+delivery.created_at < :to_at", micros(query.created_to)),
        ):
            if value is not None:
                where.append(condition)
                values[condition.rpartition(":")[2]] = value
        return self._db.all(
            f"{_SELECT} WHERE {' AND '.join(where)} ORDER BY delivery.number DESC LIMIT :limit",
            **values,
        )

    def attempts(self, number: DeliveryNumber) -> Sequence[DeliveryAttempt]:
        rows = self._db.all(
            "SELECT * FROM delivery_attempt WHERE delivery = :number ORDER BY number",
            number=number,
        )
        return [
            DeliveryAttempt(instant(r["at"]), r["ms"], r["status"], r["error"], r["answer"])
            for r in rows
        ]

    def lease(self, owner: str, room: Room, now: datetime, until: datetime) -> Sequence[Due]:
        return self._leases.take(owner, room, now, until)

    def next_due(self, now: datetime) -> datetime | None:
        return self._leases.next_due(now)

    def any_due(self, now: datetime) -> bool:
        return self._leases.any_due(now)

    def settle(self, settled: Settled, now: datetime) -> bool:
        return self._leases.settle(settled, now)

    def free(self, owner: str | None, now: datetime) -> int:
        return self._leases.free(owner, now)

    def note_outcome(
        self, endpoint: EndpointNumber, accepted: bool, now: datetime
    ) -> Endpoint | None:
        if accepted:
            self._db.run(
                """UPDATE endpoint SET failing_since = NULL, failures = 0
                   WHERE number = :number AND failing_since IS NOT NULL""",
                number=endpoint,
            )
            return None
        self._db.run(
            """UPDATE endpoint SET failing_since = coalesce(failing_since, :now),
                   failures = failures + 1 WHERE number = :number""",
            number=endpoint,
            now=micros(now),
        )
        return self._endpoints.get(endpoint)

    def disable(
        self, endpoint: EndpointNumber, reason: DisabledReason | None, now: datetime
    ) -> None:
        self._endpoints.forget()
        self._db.run(
            """UPDATE endpoint SET disabled = :reason, failing_since = NULL, failures = 0,
                   updated_at = :now WHERE number = :number""",
            number=endpoint,
            reason=reason,
            now=micros(now),
        )
        if reason is not None:
            self._db.run(
                """UPDATE delivery SET state = 'held', due_at = NULL, settled_at = :now
                   WHERE endpoint = :number AND state = 'pending' AND lease IS NULL""",
                number=endpoint,
                now=micros(now),
            )

    def replay(self, number: DeliveryNumber, at: datetime) -> None:
        self._db.run(f"{_AGAIN} number = :number", number=number, at=micros(at))

    def replay_range(
        self,
        endpoint: EndpointNumber,
        created_from: datetime,
        created_to: datetime,
        states: Sequence[DeliveryState],
        at: datetime,
        after: Place | None = None,
        limit: int = 1_000,
    ) -> tuple[int, Place | None]:
        began, beyond = after or (created_from, 0)
        marks, values = placeholders("state", states)
        found = self._db.all(
            f"""SELECT number, created_at FROM delivery INDEXED BY ix_delivery_range
                WHERE endpoint = :endpoint AND created_at >= :began AND created_at < :to_at
                    AND (created_at > :began OR number > :beyond) AND state IN ({marks})
                ORDER BY created_at, number LIMIT :limit""",  # noqa: S608
            endpoint=endpoint,
            began=micros(began),
            beyond=beyond,
            to_at=micros(created_to),
            limit=limit,
            **values,
        )
        if not found:
            return 0, None
        numbers, named = placeholders("n", [row["number"] for row in found])
        count = self._db.run(f"{_AGAIN} number IN ({numbers})", at=micros(at), **named)
        last = found[-1]
        place = (instant(last["created_at"]), last["number"])
        return count, place if len(found) == limit else None

    def prune(self, before: datetime, limit: int) -> int:
        old = self._db.all(
            """SELECT number FROM delivery WHERE state != 'pending' AND created_at <= :before
               ORDER BY created_at LIMIT :limit""",
            before=micros(before),
            limit=limit,
        )
        if not old:
            return 0
        marks, values = placeholders("n", [row["number"] for row in old])
        self._db.run(f"DELETE FROM delivery_attempt WHERE delivery IN ({marks})", **values)  # noqa: S608
        self._db.run(f"DELETE FROM delivery WHERE number IN ({marks})", **values)  # noqa: S608
        self._db.run(
            """DELETE FROM endpoint WHERE callback = 1 AND uses = 0 AND NOT EXISTS
                   (SELECT 1 FROM delivery WHERE delivery.endpoint = endpoint.number)"""
        )
        return len(old)

    def oldest_settled(self) -> datetime | None:
        return moment(
            self._db.value("SELECT min(created_at) FROM delivery WHERE state != 'pending'")
        )
