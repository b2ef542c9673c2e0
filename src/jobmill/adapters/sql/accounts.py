"""Organizations, users and their identities in SQL; keys stand in `keys`."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime

from jobmill.adapters.sql.connection import Connection, Row, micros, moment, to_json
from jobmill.adapters.sql.keys import SqlKeys
from jobmill.core.accounts import Organization, User
from jobmill.core.ids import OrganizationNumber, UserNumber

# In this order: rows before those that they name.
_OF_ORGANIZATION = (
    "DELETE FROM measure WHERE organization = :number",
    "DELETE FROM agreement WHERE organization = :number",
    "DELETE FROM ground_truth WHERE organization = :number AND state = 'deleted'",
    "DELETE FROM api_key WHERE organization = :number",
    "DELETE FROM session WHERE user IN (SELECT number FROM user WHERE organization = :number)",
    "DELETE FROM identity WHERE user IN (SELECT number FROM user WHERE organization = :number)",
    "DELETE FROM team_member WHERE user IN (SELECT number FROM user WHERE organization = :number)",
    "DELETE FROM team WHERE organization = :number",
    "DELETE FROM program WHERE organization = :number",
    "DELETE FROM user WHERE organization = :number",
    "DELETE FROM organization WHERE number = :number",
)
_CAN_CALL = """disabled = 0 AND removed = 0
    AND (password IS NOT NULL
         OR EXISTS (SELECT 1 FROM identity WHERE identity.user = user.number)
         OR EXISTS (SELECT 1 FROM api_key
                    WHERE api_key.user = user.number AND revoked_at IS NULL))"""
_OF_USER = (
    "UPDATE api_key SET revoked_at = coalesce(revoked_at, :at) WHERE user = :number",
    "DELETE FROM session WHERE user = :number",
    "DELETE FROM identity WHERE user = :number",
    "DELETE FROM team_member WHERE user = :number",
    "DELETE FROM collaborator WHERE user = :number",
)


class SqlAccountStore(SqlKeys):
    """The `AccountStore` port."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def organization_named(self, name: str) -> Organization | None:
        return _one(self._db.one("SELECT * FROM organization WHERE name = :name", name=name))

    def organization(self, number: OrganizationNumber) -> Organization | None:
        return _one(
            self._db.one("SELECT * FROM organization WHERE number = :number", number=number)
        )

    def organization_by_id(self, id: str) -> Organization | None:  # noqa: A002
        return _one(self._db.one("SELECT * FROM organization WHERE id = :id", id=id))

    def first_organization(self) -> Organization | None:
        return _one(self._db.one("SELECT * FROM organization ORDER BY number LIMIT 1"))

    def organizations(self, after: int, limit: int) -> Sequence[Organization]:
        rows = self._db.all(
            "SELECT * FROM organization WHERE number > :after ORDER BY number LIMIT :limit",
            after=after,
            limit=limit,
        )
        return [_organization(row) for row in rows]

    def add_organization(
        self,
        id: str,  # noqa: A002
        name: str,
        at: datetime | None = None,
    ) -> Organization:
        number = self._db.insert(
            "INSERT INTO organization (id, name, created_at) VALUES (:id, :name, :at)",
            id=id,
            name=name,
            at=micros(at),
        )
        return Organization(OrganizationNumber(number), id, name, at)

    def save_organization(self, organization: Organization) -> None:
        self._db.run(
            "UPDATE organization SET name = :name, extras = :extras WHERE number = :number",
            name=organization.name,
            extras=to_json(organization.extras),
            number=organization.number,
        )

    def remove_organization(self, number: OrganizationNumber) -> bool:
        """Whatever still belongs to it refuses by its foreign key; the caller then undoes all."""
        try:
            for statement in _OF_ORGANIZATION:
                self._db.run(statement, number=number)
        except sqlite3.IntegrityError:
            return False
        return True

    def user_named(self, organization: OrganizationNumber, name: str) -> User | None:
        row = self._db.one(
            """SELECT * FROM user
               WHERE organization = :organization AND name = :name AND removed = 0""",
            organization=organization,
            name=name,
        )
        return user_of(row) if row else None

    def user(self, number: UserNumber) -> User | None:
        row = self._db.one("SELECT * FROM user WHERE number = :number", number=number)
        return user_of(row) if row else None

    def user_by_id(self, organization: OrganizationNumber, id: str) -> User | None:  # noqa: A002
        row = self._db.one(
            "SELECT * FROM user WHERE id = :id AND organization = :organization AND removed = 0",
            id=id,
            organization=organization,
        )
        return user_of(row) if row else None

    def user_with_email(self, email: str) -> User | None:
        row = self._db.one(
            "SELECT * FROM user WHERE email = :email AND removed = 0",
            email=email,
        )
        return user_of(row) if row else None

    def users(self, organization: OrganizationNumber, after: int, limit: int) -> Sequence[User]:
        rows = self._db.all(
            """SELECT * FROM user
               WHERE organization = :organization AND number > :after AND removed = 0
               ORDER BY number LIMIT :limit""",
            organization=organization,
            after=after,
            limit=limit,
        )
        return [user_of(row) for row in rows]

    def other_admins(self, user: User) -> int:
        count: int = self._db.value(
            f"""SELECT count(*) FROM user
               WHERE organization = :organization AND number != :number
               AND admin = 1 AND {_CAN_CALL}""",  # noqa: S608
            organization=user.organization,
            number=user.number,
        )
        return count

    def can_call(self, user: UserNumber) -> bool:
        found = self._db.value(
            f"SELECT 1 FROM user WHERE number = :user AND {_CAN_CALL}",  # noqa: S608
            user=user,
        )
        return found is not None

    def add_user(
        self,
        id: str,  # noqa: A002
        organization: OrganizationNumber,
        name: str,
        *,
        email: str | None = None,
        password: str | None = None,
        admin: bool = False,
        at: datetime | None = None,
    ) -> User:
        number = self._db.insert(
            """INSERT INTO user (id, organization, name, email, password, admin, created_at)
               VALUES (:id, :organization, :name, :email, :password, :admin, :at)""",
            id=id,
            organization=organization,
            name=name,
            email=email,
            password=password,
            admin=int(admin),
            at=micros(at),
        )
        return User(
            UserNumber(number), id, organization, name, email, password, admin, created_at=at
        )

    def save_user(self, user: User) -> None:
        self._db.run(
            """UPDATE user SET name = :name, email = :email, password = :password, admin = :admin,
                               disabled = :disabled, removed = :removed
               WHERE number = :number""",
            number=user.number,
            name=user.name,
            email=user.email,
            password=user.password,
            admin=int(user.admin),
            disabled=int(user.disabled),
            removed=int(user.removed),
        )

    def forget_user(self, number: UserNumber, at: datetime) -> None:
        for statement in _OF_USER:
            self._db.run(statement, number=number, at=micros(at))

    def user_of_identity(self, issuer: str, subject: str) -> User | None:
        row = self._db.one(
            """SELECT user.* FROM identity JOIN user ON user.number = identity.user
               WHERE issuer = :issuer AND subject = :subject""",
            issuer=issuer,
            subject=subject,
        )
        return user_of(row) if row else None

    def add_identity(self, issuer: str, subject: str, user: UserNumber) -> None:
        self._db.run(
            "INSERT INTO identity (issuer, subject, user) VALUES (:issuer, :subject, :user)",
            issuer=issuer,
            subject=subject,
            user=user,
        )


def user_of(row: Row) -> User:
    """A row of `user`."""
    return User(
        number=UserNumber(row["number"]),
        id=row["id"],
        organization=OrganizationNumber(row["organization"]),
        name=row["name"],
        email=row["email"],
        password=row["password"],
        admin=bool(row["admin"]),
        disabled=bool(row["disabled"]),
        removed=bool(row["removed"]),
        created_at=moment(row["created_at"]),
    )


def _one(row: Row | None) -> Organization | None:
    return _organization(row) if row else None


def _organization(row: Row) -> Organization:
    return Organization(
        OrganizationNumber(row["number"]),
        row["id"],
        row["name"],
        moment(row["created_at"]),
        json.loads(row["extras"]),
    )
