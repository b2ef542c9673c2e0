"""Sessions and attempts to sign in, in SQL."""

import json
from collections.abc import Sequence
from datetime import datetime

from jobmill.adapters.sql.connection import Connection, Row, instant, micros, to_json
from jobmill.core.accounts import Session, SessionKind
from jobmill.core.ids import UserNumber


class SqlSessionStore:
    """The `SessionStore` port."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, session: Session) -> None:
        self._db.run(
            """INSERT INTO session (id, user, digest, created_at, seen_at, expires_at, kind,
                   rights, key)
               VALUES (:id, :user, :digest, :created_at, :seen_at, :expires_at, :kind, :rights,
                   :key)""",
            id=session.id,
            user=session.user,
            digest=session.digest,
            created_at=micros(session.created_at),
            seen_at=micros(session.seen_at),
            expires_at=micros(session.expires_at),
            kind=session.kind,
            rights=to_json(session.rights),
            key=session.key,
        )

    def with_digest(self, digest: str) -> Session | None:
        row = self._db.one("SELECT * FROM session WHERE digest = :digest", digest=digest)
        return _session(row) if row else None

    def by_id(self, id: str) -> Session | None:  # noqa: A002
        row = self._db.one("SELECT * FROM session WHERE id = :id", id=id)
        return _session(row) if row else None

    def of_user(self, user: UserNumber) -> Sequence[Session]:
        rows = self._db.all(
            "SELECT * FROM session WHERE user = :user ORDER BY created_at DESC, id DESC", user=user
        )
        return [_session(row) for row in rows]

    def seen(self, id: str, at: datetime) -> None:  # noqa: A002
        self._db.run(
            "UPDATE session SET seen_at = max(seen_at, :at) WHERE id = :id", id=id, at=micros(at)
        )

    def end(self, id: str) -> None:  # noqa: A002
        self._db.run("DELETE FROM session WHERE id = :id", id=id)

    def end_all(self, user: UserNumber) -> None:
        self._db.run("DELETE FROM session WHERE user = :user", user=user)

    def note_attempt(self, subject: str, at: datetime) -> int:
        return self._db.insert(
            "INSERT INTO login_attempt (subject, at) VALUES (:subject, :at)",
            subject=subject,
            at=micros(at),
        )

    def attempts(self, subject: str, since: datetime, limit: int) -> Sequence[datetime]:
        rows = self._db.all(
            """SELECT at FROM login_attempt WHERE subject = :subject AND at > :since
               ORDER BY at DESC LIMIT :limit""",
            subject=subject,
            since=micros(since),
            limit=limit,
        )
        return [instant(row["at"]) for row in rows]

    def forgive(self, subject: str | None = None, number: int | None = None) -> None:
        self._db.run("DELETE FROM login_attempt WHERE subject = :subject", subject=subject)
        self._db.run("DELETE FROM login_attempt WHERE number = :number", number=number)

    def drop_old(self, attempts_before: datetime, now: datetime) -> None:
        self._db.run("DELETE FROM login_attempt WHERE at <= :old", old=micros(attempts_before))
        self._db.run("DELETE FROM session WHERE expires_at <= :now", now=micros(now))


def _session(row: Row) -> Session:
    return Session(
        id=row["id"],
        user=UserNumber(row["user"]),
        digest=row["digest"],
        created_at=instant(row["created_at"]),
        seen_at=instant(row["seen_at"]),
        expires_at=instant(row["expires_at"]),
        kind=SessionKind(row["kind"]),
        rights=tuple(json.loads(row["rights"])),
        key=row["key"],
    )
