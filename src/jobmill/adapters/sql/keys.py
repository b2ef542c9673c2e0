"""API keys in SQL: a part of the account store."""

import json
from collections.abc import Sequence
from typing import Any

from jobmill.adapters.sql.connection import Connection, Row, instant, micros, moment, to_json
from jobmill.core.accounts import ApiKey
from jobmill.core.ids import OrganizationNumber, UserNumber


class SqlKeys:
    """The keys of the `AccountStore` port."""

    _db: Connection

    def add_key(self, key: ApiKey) -> None:
        values: dict[str, Any] = {
            "id": key.id,
            "organization": key.organization,
            "user": key.user,
            "name": key.name,
            "prefix": key.prefix,
            "digest": key.digest,
            "rights": to_json(key.rights),
            "created_at": micros(key.created_at),
            "expires_at": micros(key.expires_at),
            "revoked_at": micros(key.revoked_at),
            "redirect_uris": to_json(key.redirect_uris),
        }
        columns = ", ".join(values)
        marks = ", ".join(f":{column}" for column in values)
        self._db.run(f"INSERT INTO api_key ({columns}) VALUES ({marks})", **values)  # noqa: S608

    def key_with_prefix(self, prefix: str) -> ApiKey | None:
        row = self._db.one("SELECT * FROM api_key WHERE prefix = :prefix", prefix=prefix)
        return _key(row) if row else None

    def key_by_id(self, id: str) -> ApiKey | None:  # noqa: A002
        row = self._db.one("SELECT * FROM api_key WHERE id = :id", id=id)
        return _key(row) if row else None

    def keys(
        self, organization: OrganizationNumber, user: UserNumber | None, after: int, limit: int
    ) -> Sequence[ApiKey]:
        column = "organization" if user is None else "user"
        rows = self._db.all(
            f"""SELECT * FROM api_key WHERE {column} = :whose AND number > :after
                ORDER BY number LIMIT :limit""",  # noqa: S608
            whose=organization if user is None else user,
            after=after,
            limit=limit,
        )
        return [_key(row) for row in rows]

    def save_key(self, key: ApiKey) -> None:
        self._db.run(
            """UPDATE api_key SET name = :name, rights = :rights, expires_at = :expires_at,
                                  revoked_at = :revoked_at
               WHERE id = :id""",
            id=key.id,
            name=key.name,
            rights=to_json(key.rights),
            expires_at=micros(key.expires_at),
            revoked_at=micros(key.revoked_at),
        )


def _key(row: Row) -> ApiKey:
    return ApiKey(
        id=row["id"],
        organization=OrganizationNumber(row["organization"]),
        user=UserNumber(row["user"]),
        name=row["name"],
        prefix=row["prefix"],
        digest=row["digest"],
        rights=tuple(json.loads(row["rights"])),
        created_at=instant(row["created_at"]),
        expires_at=moment(row["expires_at"]),
        revoked_at=moment(row["revoked_at"]),
        number=row["number"],
        redirect_uris=tuple(json.loads(row["redirect_uris"])),
    )
