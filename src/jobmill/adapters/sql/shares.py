"""Collaborators of jobs in SQL."""

import json
from collections.abc import Sequence

from jobmill.adapters.sql.connection import Connection, micros, to_json
from jobmill.core.ids import JobNumber, TeamNumber, UserNumber
from jobmill.core.jobs.model import Job
from jobmill.core.jobs.sharing import Share


class SqlShareStore:
    """The `ShareStore` port."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def of_job(self, job: JobNumber) -> Sequence[Share]:
        rows = self._db.all("SELECT * FROM collaborator WHERE job = :job ORDER BY share", job=job)
        return [
            Share(
                row["user"] and UserNumber(row["user"]),
                row["team"] and TeamNumber(row["team"]),
                tuple(json.loads(row["steps"])),
            )
            for row in rows
        ]

    def replace(self, job: Job, shares: Sequence[Share]) -> None:
        self._db.run("DELETE FROM collaborator WHERE job = :job", job=job.number)
        self._db.many(
            """INSERT INTO collaborator (job, user, team, whole, steps, job_created_at)
               VALUES (:job, :user, :team, :whole, :steps, :job_created_at)""",
            (
                {
                    "job": job.number,
                    "user": share.user,
                    "team": share.team,
                    "whole": None if share.user or share.team else job.organization,
                    "steps": to_json(share.steps),
                    "job_created_at": micros(job.created_at),
                }
                for share in shares
            ),
        )

    def steps(self, job: JobNumber, user: UserNumber) -> frozenset[str] | None:
        rows = self._db.all(
            """SELECT steps FROM collaborator
               WHERE job = :job AND (user = :user OR whole IS NOT NULL OR EXISTS (
                   SELECT 1 FROM team_member AS member
                   WHERE member.team = collaborator.team AND member.user = :user))""",
            job=job,
            user=user,
        )
        if not rows:
            return None
        return frozenset(step for row in rows for step in json.loads(row["steps"]))
