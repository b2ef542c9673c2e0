"""Answered requests by their Idempotency-Key, in SQL; forgotten after a day."""

from datetime import datetime, timedelta

from jobmill.adapters.sql.connection import Connection, micros
from jobmill.core.ids import JobNumber, OrganizationNumber

KEPT_FOR = timedelta(days=1)


class SqlIdempotencyStore:
    """The `IdempotencyStore` port."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def find(self, organization: OrganizationNumber, key: str) -> tuple[str, JobNumber] | None:
        row = self._db.one(
            "SELECT * FROM idempotency WHERE organization = :organization AND key = :key",
            organization=organization,
            key=key,
        )
        return (row["fingerprint"], JobNumber(row["job"])) if row else None

    def keep(
        self,
        organization: OrganizationNumber,
        key: str,
        fingerprint: str,
        job: JobNumber,
        at: datetime,
    ) -> None:
        self._db.run("DELETE FROM idempotency WHERE created_at < :old", old=micros(at - KEPT_FOR))
        self._db.run(
            """INSERT INTO idempotency (organization, key, fingerprint, job, created_at)
               VALUES (:organization, :key, :fingerprint, :job, :at)""",
            organization=organization,
            key=key,
            fingerprint=fingerprint,
            job=job,
            at=micros(at),
        )
