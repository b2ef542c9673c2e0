"""Grants of attempts, and the messages that come in under them, in SQL."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from jobmill.adapters.sql.connection import Connection, Row, instant, micros, to_json
from jobmill.core.ids import AttemptId, JobId, RunToken
from jobmill.core.jobs.grants import EngineMessage, Grant, GrantedFile, MessageKind

_GRANT = """SELECT attempt_grant.*, attempt.id AS attempt_id, task.id AS task_id, job.id AS job_id
            FROM attempt_grant
            JOIN attempt ON attempt.number = attempt_grant.attempt
            JOIN task ON task.number = attempt.task
            JOIN job ON job.number = task.job"""


class SqlGrantStore:
    """The `GrantStore` port."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def open(
        self,
        token: RunToken,
        secret_sha256: str,
        folder: Path,
        files: Sequence[GrantedFile],
        expires_at: datetime,
    ) -> Grant | None:
        # Grants of workers that died are left behind; they are few, and of no use to anybody.
        self._db.run(
            """DELETE FROM attempt_grant WHERE attempt IN (
                   SELECT held.attempt FROM attempt_grant AS held
                   JOIN attempt ON attempt.number = held.attempt
                   WHERE attempt.ended_at IS NOT NULL)"""
        )
        self._db.run(
            """INSERT INTO attempt_grant (attempt, secret_sha256, folder, files, expires_at)
               SELECT number, :secret, :folder, :files, :at FROM attempt
               WHERE token = :token AND ended_at IS NULL""",
            secret=secret_sha256,
            folder=str(folder),
            files=to_json([[str(f.path), f.media_type, f.name, f.live] for f in files]),
            at=micros(expires_at),
            token=token,
        )
        row = self._db.one(_GRANT + " WHERE attempt.token = :token", token=token)
        return None if row is None else _grant(row)

    def get(self, attempt: AttemptId) -> Grant | None:
        row = self._db.one(
            _GRANT + " WHERE attempt.id = :id AND attempt.ended_at IS NULL"
            " AND task.token = attempt.token",
            id=attempt,
        )
        return None if row is None else _grant(row)

    def close(self, token: RunToken) -> None:
        self._db.run(
            """DELETE FROM attempt_grant
               WHERE attempt = (SELECT number FROM attempt WHERE token = :token)""",
            token=token,
        )

    def add(self, attempt: AttemptId, message: EngineMessage) -> bool:
        added = self._db.run(
            """INSERT INTO grant_message (attempt, call, kind, body, file, media_type)
                SELECT attempt, :call, :kind, :body, :file, :media_type
                FROM attempt_grant WHERE attempt = (SELECT number FROM attempt WHERE id = :id)""",
            id=attempt,
            call=message.call,
            kind=message.kind,
            body=to_json(message.body),
            file=message.file,
            media_type=message.media_type,
        )
        return added > 0

    def messages(self, attempt: AttemptId, after: int) -> Sequence[EngineMessage]:
        rows = self._db.all(
            """SELECT * FROM grant_message
               WHERE attempt = (SELECT number FROM attempt WHERE id = :id) AND number > :after
               ORDER BY number LIMIT 100""",
            id=attempt,
            after=after,
        )
        return [_message(row) for row in rows]

    def count(self, attempt: AttemptId) -> int:
        count: int = self._db.value(
            """SELECT count(*) FROM grant_message
               WHERE attempt = (SELECT number FROM attempt WHERE id = :id)""",
            id=attempt,
        )
        return count


def _grant(row: Row) -> Grant:
    return Grant(
        attempt=AttemptId(row["attempt_id"]),
        task=row["task_id"],
        job=JobId(row["job_id"]),
        folder=Path(row["folder"]),
        files=[GrantedFile(Path(f[0]), f[1], f[2], f[3]) for f in json.loads(row["files"])],
        expires_at=instant(row["expires_at"]),
        secret_sha256=row["secret_sha256"],
    )


def _message(row: Row) -> EngineMessage:
    return EngineMessage(
        call=row["call"],
        kind=MessageKind(row["kind"]),
        body=json.loads(row["body"]),
        file=row["file"],
        media_type=row["media_type"],
        number=row["number"],
    )
