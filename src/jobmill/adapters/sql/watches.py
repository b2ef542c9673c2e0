"""Watched folders and the files they took, in SQL."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from jobmill.adapters.sql.connection import Connection, Row, instant, micros, to_json
from jobmill.core.ids import OrganizationNumber, UserNumber, new_id
from jobmill.core.watches import FileFacts, TakenFile, Watch, WatchNumber, WatchRule


class SqlWatchStore:
    """The `WatchStore` port."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(
        self, organization: OrganizationNumber, user: UserNumber, rule: WatchRule, at: datetime
    ) -> Watch:
        row = self._db.one(
            """INSERT INTO watch (id, organization, user, path, pattern, recursive, existing,
                                  settle_seconds, pipeline, features, params, created_at)
               VALUES (:id, :organization, :user, :path, :pattern, :recursive, :existing,
                       :settle_seconds, :pipeline, :features, :params, :created_at)
               RETURNING *""",
            id=new_id(),
            organization=organization,
            user=user,
            path=rule.path,
            pattern=rule.pattern,
            recursive=rule.recursive,
            existing=rule.existing,
            settle_seconds=rule.settle_seconds,
            pipeline=rule.pipeline,
            features=to_json(rule.features),
            params=to_json(rule.params),
            created_at=micros(at),
        )
        assert row is not None  # noqa: S101  RETURNING always has one
        return _watch(row)

    def by_id(self, organization: OrganizationNumber, id: str) -> Watch | None:  # noqa: A002
        row = self._db.one(
            "SELECT * FROM watch WHERE id = :id AND organization = :organization",
            id=id,
            organization=organization,
        )
        return _watch(row) if row else None

    def list(
        self,
        organization: OrganizationNumber,
        before: int | None,
        limit: int,
        seen_by: UserNumber | None = None,
    ) -> Sequence[Watch]:
        rows = self._db.all(
            """SELECT * FROM watch WHERE organization = :organization AND number < :before
               AND user = coalesce(:viewer, user) ORDER BY number DESC LIMIT :limit""",
            organization=organization,
            viewer=seen_by,
            before=2**62 if before is None else before,
            limit=limit,
        )
        return [_watch(row) for row in rows]

    def active(self) -> Sequence[Watch]:
        rows = self._db.all("SELECT * FROM watch WHERE paused = 0 ORDER BY number")
        return [_watch(row) for row in rows]

    def set_paused(self, number: WatchNumber, paused: bool) -> None:
        self._db.run(
            "UPDATE watch SET paused = :paused WHERE number = :number", number=number, paused=paused
        )

    def set_error(self, number: WatchNumber, error: str | None) -> None:
        self._db.run(
            "UPDATE watch SET error = :error WHERE number = :number AND error IS NOT :error",
            number=number,
            error=error,
        )

    def remove(self, number: WatchNumber) -> None:
        self._db.run("DELETE FROM watch_file WHERE watch = :number", number=number)
        self._db.run("DELETE FROM watch WHERE number = :number", number=number)

    def known(self, number: WatchNumber) -> Mapping[str, FileFacts]:
        rows = self._db.all(
            "SELECT path, size, mtime_ns FROM watch_file WHERE watch = :number", number=number
        )
        return {row["path"]: FileFacts(row["size"], row["mtime_ns"]) for row in rows}

    def file(self, number: WatchNumber, path: str) -> FileFacts | None:
        row = self._db.one(
            "SELECT size, mtime_ns FROM watch_file WHERE watch = :number AND path = :path",
            number=number,
            path=path,
        )
        return FileFacts(row["size"], row["mtime_ns"]) if row else None

    def take(self, number: WatchNumber, files: Sequence[TakenFile]) -> None:
        self._db.many(
            """INSERT INTO watch_file (watch, path, size, mtime_ns, job, taken_at)
               VALUES (:watch, :path, :size, :mtime_ns, :job, :taken_at)
               ON CONFLICT (watch, path) DO UPDATE SET size = excluded.size,
                   mtime_ns = excluded.mtime_ns, job = excluded.job,
                   taken_at = excluded.taken_at""",
            (
                {
                    "watch": number,
                    "path": file.path,
                    "size": file.facts.size,
                    "mtime_ns": file.facts.mtime_ns,
                    "job": file.job,
                    "taken_at": micros(file.taken_at),
                }
                for file in files
            ),
        )

    def taken(
        self, number: WatchNumber, before: tuple[datetime, str] | None, limit: int
    ) -> Sequence[TakenFile]:
        at, path = (2**62, "") if before is None else (micros(before[0]), before[1])
        rows = self._db.all(
            """SELECT * FROM watch_file WHERE watch = :number AND (taken_at, path) < (:at, :path)
               ORDER BY taken_at DESC, path DESC LIMIT :limit""",
            number=number,
            at=at,
            path=path,
            limit=limit,
        )
        return [
            TakenFile(
                row["path"],
                FileFacts(row["size"], row["mtime_ns"]),
                row["job"],
                instant(row["taken_at"]),
            )
            for row in rows
        ]


def _watch(row: Row) -> Watch:
    return Watch(
        number=WatchNumber(row["number"]),
        id=row["id"],
        organization=OrganizationNumber(row["organization"]),
        user=UserNumber(row["user"]),
        rule=WatchRule(
            path=row["path"],
            pipeline=row["pipeline"],
            features=tuple(json.loads(row["features"])),
            params=json.loads(row["params"]),
            pattern=row["pattern"],
            recursive=bool(row["recursive"]),
            existing=bool(row["existing"]),
            settle_seconds=row["settle_seconds"],
        ),
        created_at=instant(row["created_at"]),
        paused=bool(row["paused"]),
        error=row["error"],
    )
