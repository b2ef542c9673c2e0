"""Batches in SQL. Their counts are counted along an index of batch and state."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from jobmill.adapters.sql.bulk_insert import insert_rows
from jobmill.adapters.sql.connection import Connection, Row, instant, micros, placeholders
from jobmill.core.ids import BatchNumber, JobNumber, OrganizationNumber, UserNumber, new_id
from jobmill.core.jobs.batches import Batch, BatchError, BatchState
from jobmill.core.jobs.states import ENDED_JOBS, JobState


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

    def begin(
        self,
        organization: OrganizationNumber,
        owner: UserNumber,
        name: str | None,
        pipeline: str,
        total: int | None,
        at: datetime,
        *,
        strict: bool,
    ) -> BatchNumber:
        number = self.add(organization, owner, name, 0, at)
        self._db.run(
            """UPDATE batch SET state = 'ingesting', pipeline = :pipeline, strict = :strict,
                   total = :total, processed = 0 WHERE number = :number""",
            number=number,
            pipeline=pipeline,
            strict=int(strict),
            total=total,
        )
        return number

    def save(self, batch: Batch) -> None:
        self._db.run(
            """UPDATE batch SET state = :state, size = :size, total = :total, error = :error,
                   processed = :processed, invalid = :invalid WHERE number = :number""",
            number=batch.number,
            state=batch.state.value,
            size=batch.size,
            total=batch.total,
            error=batch.error,
            processed=batch.processed,
            invalid=batch.invalid,
        )

    def add_errors(self, number: BatchNumber, errors: Sequence[BatchError]) -> None:
        rows = [{"batch": number, **asdict(each)} for each in errors]
        insert_rows(self._db, "batch_error", rows, "INSERT OR REPLACE")

    def errors(self, number: BatchNumber, after: int, limit: int) -> Sequence[BatchError]:
        rows = self._db.all(
            """SELECT row, field, message FROM batch_error
               WHERE batch = :batch AND row > :after ORDER BY row LIMIT :limit""",
            batch=number,
            after=after,
            limit=limit,
        )
        return [BatchError(row["row"], row["field"], row["message"]) for row in rows]

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

    def get(self, number: BatchNumber, *, counted: bool = True) -> Batch:
        row = self._db.one("SELECT * FROM batch WHERE number = :number", number=number)
        assert row is not None  # noqa: S101  its number comes from this table
        return self._batch(row, counted=counted)

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

    def _batch(self, row: Row, *, counted: bool = True) -> Batch:
        made = self._counts(row) if counted else {}
        state, job = self._standing(row)
        processed = row["size"] if row["processed"] is None else row["processed"]
        return Batch(
            number=BatchNumber(row["number"]),
            id=row["id"],
            organization=OrganizationNumber(row["organization"]),
            name=row["name"],
            size=row["size"],
            created_at=instant(row["created_at"]),
            counts=made,
            state=state,
            pipeline=row["pipeline"],
            strict=bool(row["strict"]),
            total=processed if row["processed"] is None else row["total"],
            processed=processed,
            invalid=row["invalid"],
            error=row["error"],
            job=job,
        )

    def _counts(self, row: Row) -> dict[JobState, int]:
        counts = self._db.all(
            """SELECT state, count(*) AS n FROM job
               WHERE batch = :batch AND deleted = 0 GROUP BY state""",
            batch=row["number"],
        )
        return {JobState(each["state"]): each["n"] for each in counts}

    def _standing(self, row: Row) -> tuple[BatchState, JobNumber | None]:
        """The state, and the job that reads it. Nothing more is made once that job has ended,
        however it did."""
        state = BatchState(row["state"])
        if row["processed"] is None:
            return state, None
        reader = self._db.one(
            """SELECT job.number, job.state, job.deleted FROM ingest
               JOIN job ON job.number = ingest.job WHERE ingest.batch = :batch""",
            batch=row["number"],
        )
        over = reader is None or reader["deleted"] or JobState(reader["state"]) in ENDED_JOBS
        if state is BatchState.INGESTING and over:
            state = BatchState.PARTIAL if row["size"] else BatchState.FAILED
        return state, None if reader is None else JobNumber(reader["number"])
