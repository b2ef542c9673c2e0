"""Edits of outputs in SQL."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from jobmill.adapters.sql.connection import Connection, Row, instant, micros, to_json
from jobmill.core.ids import JobNumber, UserNumber
from jobmill.core.jobs.outputs import OutputEdit


class SqlOutputStore:
    """The `OutputStore` port."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(
        self, job: JobNumber, generation: int, user: UserNumber, document: Any, at: datetime
    ) -> OutputEdit:
        number = self._db.insert(
            """INSERT INTO output_edit (job, generation, user, document, at)
               VALUES (:job, :generation, :user, :document, :at)""",
            job=job,
            generation=generation,
            user=user,
            document=to_json(document),
            at=micros(at),
        )
        return OutputEdit(number, generation, user, document, at)

    def latest(self, job: JobNumber, generation: int) -> OutputEdit | None:
        row = self._db.one(
            """SELECT * FROM output_edit WHERE job = :job AND generation = :generation
               ORDER BY number DESC LIMIT 1""",
            job=job,
            generation=generation,
        )
        return None if row is None else _edit(row)

    def of_job(self, job: JobNumber, after: int, limit: int) -> Sequence[OutputEdit]:
        rows = self._db.all(
            """SELECT * FROM output_edit WHERE job = :job AND number > :after
               ORDER BY number LIMIT :limit""",
            job=job,
            after=after,
            limit=limit,
        )
        return [_edit(row) for row in rows]


def _edit(row: Row) -> OutputEdit:
    return OutputEdit(
        row["number"],
        row["generation"],
        UserNumber(row["user"]),
        json.loads(row["document"]),
        instant(row["at"]),
    )
