"""Batches in SQL. Their counts are counted along an index of batch and state."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from jobmill.adapters.sql.connection import Connection, Row, instant, micros, placeholders
from jobmill.core.ids import BatchNumber, OrganizationNumber, UserNumber, new_id
from jobmill.core.jobs.batches import Batch
from jobmill.core.jobs.states import JobState


class SqlBatchStore:
    """The `BatchStore` port."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(
        self,
        organization: OrganizationNumber,
        owner: UserNumber,
        name: str | None,
        size: int,
        at: datetime,
    ) -> BatchNumber:
        number = self._db.insert(
            """INSERT INTO batch (id, organization, owner, name, size, created_at)
               VALUES (:id, :organization, :owner, :name, :size, :at)""",
            id=new_id(),
            organization=organization,
            owner=owner,
            name=name,
            size=size,
            at=micros(at),
        )
        return BatchNumber(number)

    def number_of(
        self, organization: OrganizationNumber, batch: str, owner: UserNumber | None = None
    ) -> BatchNumber | None:
        plain = batch.isascii() and batch.isdecimal() and len(batch) <= 18
        number = self._db.value(
            f"""SELECT number FROM batch
                WHERE {"number" if plain else "id"} = :batch AND organization = :organization
                    AND (:owner IS NULL OR owner = :owner)""",  # noqa: S608
            owner=owner,
            batch=int(batch) if plain else batch,
            organization=organization,
        )
        return number and BatchNumber(number)

    def get(self, number: BatchNumber) -> Batch:
        row = self._db.one("SELECT * FROM batch WHERE number = :number", number=number)
        assert row is not None  # noqa: S101  its number comes from this table
        return self._batch(row)

    def ids(self, numbers: Sequence[BatchNumber]) -> Mapping[BatchNumber, str]:
        marks, named = placeholders("batch", numbers)
        rows = self._db.all(f"SELECT number, id FROM batch WHERE number IN ({marks})", **named)  # noqa: S608
        return {BatchNumber(row["number"]): row["id"] for row in rows}

    def list(
        self,
        organization: OrganizationNumber,
        below: int | None,
        limit: int,
        owner: UserNumber | None = None,
    ) -> Sequence[Batch]:
        rows = self._db.all(
            """SELECT * FROM batch WHERE organization = :organization AND number < :below
                   AND (:owner IS NULL OR owner = :owner)
               ORDER BY number DESC LIMIT :limit""",
            organization=organization,
            owner=owner,
            below=2**62 if below is None else below,
            limit=limit,
        )
        return [self._batch(row) for row in rows]

    def _batch(self, row: Row) -> Batch:
        counts = self._db.all(
            """SELECT state, count(*) AS n FROM job
               WHERE batch = :batch AND deleted = 0 GROUP BY state""",
            batch=row["number"],
        )
        return Batch(
            number=BatchNumber(row["number"]),
            id=row["id"],
            organization=OrganizationNumber(row["organization"]),
            name=row["name"],
            size=row["size"],
            created_at=instant(row["created_at"]),
            counts={JobState(each["state"]): each["n"] for each in counts},
        )
