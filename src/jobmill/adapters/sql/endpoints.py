"""Endpoints in SQL."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from jobmill.adapters.sql.connection import Connection, Row, instant, micros, moment, to_json
from jobmill.core.ids import EndpointId, EndpointNumber, OrganizationNumber, UserNumber
from jobmill.core.webhooks.model import DisabledReason, Endpoint, Listener, SealedSecret
from jobmill.core.webhooks.ports import NewEndpoint

_INSERT = """
INSERT INTO endpoint (id, organization, owner, url, events, format, secrets, description, callback,
                      uses, created_at, updated_at, extras, origins)
VALUES (:id, :organization, :owner, :url, :events, :format, :secrets, :description, :callback,
        :callback, :at, :at, :extras, :origins)"""
_SAVE = """
UPDATE endpoint SET url = :url, events = :events, secrets = :secrets, description = :description,
    updated_at = :updated_at, extras = :extras
WHERE number = :number"""

_LISTENING = """
SELECT number, url, events, callback, organization, disabled, origins FROM endpoint
WHERE organization = ? AND callback = 0 ORDER BY number"""


class SqlEndpointStore:
    """The `EndpointStore` port. Lives as long as one transaction; see `listening`."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._listening: dict[OrganizationNumber, Sequence[Listener]] = {}
        self._changed = False

    def add(self, new: NewEndpoint) -> Endpoint:
        self.forget()
        number = self._db.insert(
            _INSERT,
            id=new.id,
            organization=new.organization,
            owner=new.owner,
            url=new.url,
            events=to_json(new.events),
            format=new.format,
            secrets=_secrets_text(new.secrets),
            description=new.description,
            callback=int(new.callback),
            at=micros(new.created_at),
            extras=to_json(new.extras),
            origins=to_json(new.origins),
        )
        return Endpoint(
            number=EndpointNumber(number),
            id=new.id,
            organization=new.organization,
            owner=new.owner,
            url=new.url,
            events=new.events,
            format=new.format,
            secrets=new.secrets,
            created_at=new.created_at,
            updated_at=new.created_at,
            description=new.description,
            callback=new.callback,
            extras=new.extras,
            origins=new.origins,
        )

    def get(self, number: EndpointNumber) -> Endpoint | None:
        row = self._db.one("SELECT * FROM endpoint WHERE number = :number", number=number)
        return endpoint_of(row) if row else None

    def by_id(
        self,
        organization: OrganizationNumber,
        id: EndpointId,  # noqa: A002
    ) -> Endpoint | None:
        row = self._db.one(
            "SELECT * FROM endpoint WHERE id = :id AND organization = :organization",
            id=id,
            organization=organization,
        )
        return endpoint_of(row) if row else None

    def list(
        self, organization: OrganizationNumber, before: int | None, limit: int
    ) -> Sequence[Endpoint]:
        rows = self._db.all(
            """SELECT * FROM endpoint
               WHERE organization = :organization AND callback = 0 AND number < :before
               ORDER BY number DESC LIMIT :limit""",
            organization=organization,
            before=2**62 if before is None else before,
            limit=limit,
        )
        return [endpoint_of(row) for row in rows]

    def save(self, endpoint: Endpoint) -> None:
        self.forget()
        self._db.run(
            _SAVE,
            number=endpoint.number,
            url=endpoint.url,
            events=to_json(endpoint.events),
            secrets=_secrets_text(endpoint.secrets),
            description=endpoint.description,
            updated_at=micros(endpoint.updated_at),
            extras=to_json(endpoint.extras),
        )

    def trim(self, number: EndpointNumber, limit: int) -> int:
        oldest = self._db.all(
            "SELECT number FROM delivery WHERE endpoint = :number ORDER BY number LIMIT :limit",
            number=number,
            limit=limit,
        )
        if not oldest:
            return 0
        span = {"endpoint": number, "last": oldest[-1]["number"]}
        older = "FROM delivery WHERE endpoint = :endpoint AND number <= :last"
        self._db.run(
            f"DELETE FROM delivery_attempt WHERE delivery IN (SELECT number {older})",  # noqa: S608
            **span,
        )
        return self._db.run(f"DELETE {older}", **span)

    def remove(self, number: EndpointNumber) -> None:
        self.forget()
        for statement in (
            """DELETE FROM delivery_attempt WHERE delivery IN
                   (SELECT number FROM delivery WHERE endpoint = :number)""",
            "DELETE FROM delivery WHERE endpoint = :number",
            "DELETE FROM endpoint WHERE number = :number",
        ):
            self._db.run(statement, number=number)

    def used(self, number: EndpointNumber, by: int) -> None:
        self._db.run(
            "UPDATE endpoint SET uses = uses + :by WHERE number = :number", number=number, by=by
        )

    def listening(self, organization: OrganizationNumber) -> Sequence[Listener]:
        """Kept for the rest of the transaction, in which nobody else can write; not once this
        unit has changed an endpoint itself, since that may yet be undone."""
        known = self._listening.get(organization)
        if known is not None:
            return known
        # The plainest call there is: most organizations have none, and all of them ask.
        rows = self._db.raw.execute(_LISTENING, (organization,)).fetchall()
        found = tuple(_listener(row) for row in rows)
        if not self._changed:
            self._listening[organization] = found
        return found

    def listener(self, number: EndpointNumber) -> Listener | None:
        row = self._db.one("SELECT * FROM endpoint WHERE number = :number", number=number)
        return _listener(row) if row else None

    def forget(self) -> None:
        """An endpoint changes: look it up anew at every event from here on."""
        self._changed = True
        self._listening.clear()


def endpoint_of(row: Row) -> Endpoint:
    """A row of `endpoint`."""
    return Endpoint(
        number=EndpointNumber(row["number"]),
        id=EndpointId(row["id"]),
        organization=OrganizationNumber(row["organization"]),
        owner=UserNumber(row["owner"]),
        url=row["url"],
        events=tuple(json.loads(row["events"])),
        format=row["format"],
        secrets=secrets_of(row["secrets"]),
        created_at=instant(row["created_at"]),
        updated_at=instant(row["updated_at"]),
        description=row["description"],
        callback=bool(row["callback"]),
        disabled=row["disabled"] and DisabledReason(row["disabled"]),
        failing_since=moment(row["failing_since"]),
        failures=row["failures"],
        extras=json.loads(row["extras"]),
        origins=tuple(json.loads(row["origins"])),
    )


def secrets_of(text: str) -> tuple[SealedSecret, ...]:
    """Secrets as they are stored."""
    return tuple(SealedSecret(sealed, moment(until)) for sealed, until in json.loads(text))


def _secrets_text(secrets: Sequence[SealedSecret]) -> str:
    return to_json([(each.sealed, micros(each.until)) for each in secrets])


def _listener(row: Row) -> Listener:
    return Listener(
        number=EndpointNumber(row["number"]),
        events=tuple(json.loads(row["events"])),
        lane=_lane(row),
        enabled=row["disabled"] is None,
        origins=tuple(json.loads(row["origins"])),
    )


def _lane(row: Any) -> str:
    """An endpoint is a lane of its own; callbacks are many, and share one by receiving host."""
    if not row["callback"]:
        return f"endpoint {row['number']}"
    return f"callback {row['organization']} {urlsplit(row['url']).netloc.lower()}"
