"""Results in SQL. A whole task's document stands under the empty feature name."""

import json
from collections.abc import Iterable, Sequence, Set
from datetime import datetime

from jobmill.adapters.sql.connection import Connection, micros, placeholders, to_json
from jobmill.core.ids import JobNumber, TaskNumber
from jobmill.core.results import Provenance, Result


class SqlResultStore:
    """The `ResultStore` port."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(
        self,
        job: JobNumber,
        task: TaskNumber,
        generation: int,
        results: Iterable[Result],
        at: datetime,
    ) -> None:
        self._db.many(
            """INSERT OR REPLACE INTO result
                   (task, generation, feature, job, document, media, provenance, created_at)
               VALUES (:task, :generation, :feature, :job, :document, :media, :provenance, :at)""",
            (
                {
                    "task": task,
                    "generation": generation,
                    "feature": result.feature or "",
                    "job": job,
                    "document": to_json(result.document),
                    "media": to_json(result.media),
                    "provenance": _provenance(result.provenance),
                    "at": micros(at),
                }
                for result in results
            ),
        )

    def among(self, jobs: Sequence[JobNumber]) -> Set[JobNumber]:
        marks, values = placeholders("job", jobs)
        rows = self._db.all(
            f"SELECT DISTINCT job FROM result WHERE job IN ({marks})",  # noqa: S608
            **values,
        )
        return {JobNumber(row["job"]) for row in rows}

    def of_job(self, job: JobNumber) -> Sequence[Result]:
        rows = self._db.all(
            """SELECT result.*, task.name AS task_name FROM result
               JOIN task ON task.number = result.task AND task.generation = result.generation
               WHERE result.job = :job ORDER BY result.task, result.feature""",
            job=job,
        )
        return [
            Result(
                task=row["task_name"],
                feature=row["feature"] or None,
                document=json.loads(row["document"]),
                provenance=Provenance(**json.loads(row["provenance"])),
                media=json.loads(row["media"]),
            )
            for row in rows
        ]


def _provenance(provenance: Provenance) -> str:
    return to_json(
        {
            "engine": provenance.engine,
            "version": provenance.version,
            "parameters": provenance.parameters,
            "input_sha256": provenance.input_sha256,
        }
    )
