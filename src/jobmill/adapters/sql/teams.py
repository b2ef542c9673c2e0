"""Teams and who is in them, in SQL."""

from collections.abc import Sequence
from datetime import datetime

from jobmill.adapters.sql.accounts import user_of
from jobmill.adapters.sql.connection import Connection, Row, instant, micros
from jobmill.core.accounts import Team, User
from jobmill.core.ids import OrganizationNumber, TeamNumber, UserNumber


class SqlTeamStore:
    """The `TeamStore` port."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, id: str, organization: OrganizationNumber, name: str, at: datetime) -> Team:  # noqa: A002
        number = self._db.insert(
            """INSERT INTO team (id, organization, name, created_at)
               VALUES (:id, :organization, :name, :at)""",
            id=id,
            organization=organization,
            name=name,
            at=micros(at),
        )
        return Team(TeamNumber(number), id, organization, name, at)

    def get(self, number: TeamNumber) -> Team | None:
        return _one(self._db.one("SELECT * FROM team WHERE number = :number", number=number))

    def by_id(self, organization: OrganizationNumber, id: str) -> Team | None:  # noqa: A002
        return _one(
            self._db.one(
                "SELECT * FROM team WHERE id = :id AND organization = :organization",
                id=id,
                organization=organization,
            )
        )

    def named(self, organization: OrganizationNumber, name: str) -> Team | None:
        return _one(
            self._db.one(
                "SELECT * FROM team WHERE organization = :organization AND name = :name",
                organization=organization,
                name=name,
            )
        )

    def list(self, organization: OrganizationNumber, after: int, limit: int) -> Sequence[Team]:
        rows = self._db.all(
            """SELECT * FROM team WHERE organization = :organization AND number > :after
               ORDER BY number LIMIT :limit""",
            organization=organization,
            after=after,
            limit=limit,
        )
        return [_team(row) for row in rows]

    def save(self, team: Team) -> None:
        self._db.run(
            "UPDATE team SET name = :name WHERE number = :number",
            name=team.name,
            number=team.number,
        )

    def remove(self, number: TeamNumber) -> None:
        self._db.run("DELETE FROM team WHERE number = :number", number=number)

    def members(self, team: TeamNumber, after: int, limit: int) -> Sequence[User]:
        rows = self._db.all(
            """SELECT user.* FROM team_member JOIN user ON user.number = team_member.user
               WHERE team = :team AND team_member.user > :after
               ORDER BY team_member.user LIMIT :limit""",
            team=team,
            after=after,
            limit=limit,
        )
        return [user_of(row) for row in rows]

    def join(self, team: TeamNumber, user: UserNumber) -> None:
        self._db.run(
            "INSERT OR IGNORE INTO team_member (team, user) VALUES (:team, :user)",
            team=team,
            user=user,
        )

    def leave(self, team: TeamNumber, user: UserNumber) -> bool:
        left = self._db.run(
            "DELETE FROM team_member WHERE team = :team AND user = :user", team=team, user=user
        )
        return left > 0


def _one(row: Row | None) -> Team | None:
    return _team(row) if row else None


def _team(row: Row) -> Team:
    return Team(
        TeamNumber(row["number"]),
        row["id"],
        OrganizationNumber(row["organization"]),
        row["name"],
        instant(row["created_at"]),
    )
