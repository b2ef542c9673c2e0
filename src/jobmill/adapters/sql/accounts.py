"""Organizations, users and keys in SQL."""

import json
from typing import Any

from jobmill.adapters.sql.connection import Connection, Row, instant, micros, moment, to_json
from jobmill.core.accounts import ApiKey, Organization, User
from jobmill.core.ids import OrganizationNumber, UserNumber


class SqlAccountStore:
    """The `AccountStore` port."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def organization_named(self, name: str) -> Organization | None:
        row = self._db.one("SELECT * FROM organization WHERE name = :name", name=name)
        return (
            Organization(OrganizationNumber(row["number"]), row["id"], row["name"]) if row else None
        )

    def add_organization(self, id: str, name: str) -> Organization:  # noqa: A002
        number = self._db.insert(
            "INSERT INTO organization (id, name) VALUES (:id, :name)", id=id, name=name
        )
        return Organization(OrganizationNumber(number), id, name)

    def user_named(self, organization: OrganizationNumber, name: str) -> User | None:
        row = self._db.one(
            "SELECT * FROM user WHERE organization = :organization AND name = :name",
            organization=organization,
            name=name,
        )
        return _user(row) if row else None

    def user(self, number: UserNumber) -> User | None:
        row = self._db.one("SELECT * FROM user WHERE number = :number", number=number)
        return _user(row) if row else None

    def add_user(self, id: str, organization: OrganizationNumber, name: str) -> User:  # noqa: A002
        number = self._db.insert(
            "INSERT INTO user (id, organization, name) VALUES (:id, :organization, :name)",
            id=id,
            organization=organization,
            name=name,
        )
        return User(UserNumber(number), id, organization, name)

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
        }
        columns = ", ".join(values)
        marks = ", ".join(f":{column}" for column in values)
        self._db.run(f"INSERT INTO api_key ({columns}) VALUES ({marks})", **values)  # noqa: S608

    def key_with_prefix(self, prefix: str) -> ApiKey | None:
        row = self._db.one("SELECT * FROM api_key WHERE prefix = :prefix", prefix=prefix)
        return _key(row) if row else None


def _user(row: Row) -> User:
    organization = OrganizationNumber(row["organization"])
    return User(UserNumber(row["number"]), row["id"], organization, row["name"])


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
    )
