"""How batches are read, in SQL."""

import json

from jobmill.adapters.sql.connection import Connection, Row, to_json
from jobmill.adapters.sql.job_rows import callback_of, callback_text
from jobmill.core.ids import AssetNumber, BatchNumber, JobNumber
from jobmill.core.jobs.batches.ingest import Ingest, Phase, RowJobs
from jobmill.core.jobs.batches.rows import RowFormat


class SqlIngestStore:
    """The `IngestStore` port."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, ingest: Ingest) -> None:
        self._db.run(
            """INSERT INTO ingest (job, batch, asset, format, jobs, key, callback, phase, place,
                                   row, user_name, rights, admin)
               VALUES (:job, :batch, :asset, :format, :jobs, :key, :callback, :phase, :place,
                       :row, :user_name, :rights, :admin)""",
            job=ingest.job,
            batch=ingest.batch,
            asset=ingest.asset,
            format=ingest.format.value,
            jobs=to_json(ingest.jobs.as_json()),
            key=ingest.key,
            callback=callback_text(ingest.callback),
            phase=ingest.phase.value,
            place=ingest.place,
            row=ingest.row,
            user_name=ingest.user_name,
            rights=to_json(sorted(ingest.rights)),
            admin=int(ingest.admin),
        )

    def get(self, job: JobNumber) -> Ingest | None:
        row = self._db.one("SELECT * FROM ingest WHERE job = :job", job=job)
        return None if row is None else _ingest(row)

    def save(self, ingest: Ingest) -> None:
        self._db.run(
            "UPDATE ingest SET phase = :phase, place = :place, row = :row WHERE job = :job",
            job=ingest.job,
            phase=ingest.phase.value,
            place=ingest.place,
            row=ingest.row,
        )


def _ingest(row: Row) -> Ingest:
    return Ingest(
        job=JobNumber(row["job"]),
        batch=BatchNumber(row["batch"]),
        asset=AssetNumber(row["asset"]),
        format=RowFormat(row["format"]),
        jobs=RowJobs.from_json(json.loads(row["jobs"])),
        user_name=row["user_name"],
        rights=frozenset(json.loads(row["rights"])),
        admin=bool(row["admin"]),
        key=row["key"],
        callback=callback_of(row["callback"]),
        phase=Phase(row["phase"]),
        place=row["place"],
        row=row["row"],
    )
