"""What one user sees, in SQL: their own jobs, and those shared with them, with a team of theirs,
or with everybody of their organization. Lists are one walk along an index for each of these.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from jobmill.adapters.sql.connection import Connection, Row
from jobmill.core.ids import OrganizationNumber, UserNumber

# For EXISTS: the row `job` is seen by `:viewer`, who is of the job's organization.
SEES_JOB = """(job.owner = :viewer OR EXISTS (
    SELECT 1 FROM collaborator AS share WHERE share.job = job.number
    AND (share.user = :viewer OR share.whole IS NOT NULL OR EXISTS (
        SELECT 1 FROM team_member AS member
        WHERE member.team = share.team AND member.user = :viewer))))"""
Walk = tuple[str, dict[str, Any]]


def walks_of(
    db: Connection,
    organization: OrganizationNumber,
    viewer: UserNumber,
    columns: str,
    where: Sequence[str],
    order: Sequence[str],
    shared: Sequence[str] = (),
) -> Iterator[Walk]:
    """Statements over `job` that together find what the viewer sees; each wants `:limit`.

    `where` are conditions on columns of `job`; `order` its columns, descending. `shared` are the
    conditions of `where` that hold for a share's own copy of the order's columns too.
    """
    conditions = " AND ".join([*where, "owner = :owner"])
    by = ", ".join(f"{column} DESC" for column in order)
    yield (
        f"SELECT {columns} FROM job WHERE {conditions} ORDER BY {by} LIMIT :limit",  # noqa: S608
        {"owner": viewer},
    )
    teams = db.all("SELECT team FROM team_member WHERE user = :user", user=viewer)
    shares = [("user", viewer), ("whole", organization), *(("team", row["team"]) for row in teams)]
    by = ", ".join(f"collaborator.{_OF_SHARE[column]} DESC" for column in order)
    for column, whom in shares:
        conditions = " AND ".join([f'collaborator."{column}" = :whom', *shared, *where])
        yield (
            f"""SELECT {columns} FROM collaborator CROSS JOIN job ON job.number = collaborator.job
                WHERE {conditions} ORDER BY {by} LIMIT :limit""",  # noqa: S608
            {"whom": whom},
        )


_OF_SHARE = {"created_at": "job_created_at", "number": "job"}


def merged(rows: Sequence[Row], order: Sequence[str], limit: int) -> list[Row]:
    """The first of all walks' rows, each job once."""
    once = {row["number"]: row for row in rows}
    found = sorted(once.values(), key=lambda row: tuple(row[each] for each in order), reverse=True)
    return found[:limit]
