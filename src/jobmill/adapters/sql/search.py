"""The index of words in SQL: SQLite's FTS5. The key of a row is the number of its job."""

from collections.abc import Iterator, Sequence

from jobmill.adapters.sql import job_rows as rows_of
from jobmill.adapters.sql.connection import Connection, Row, fields_of, placeholders
from jobmill.adapters.sql.seeing import SEES_JOB
from jobmill.core.events import EventType
from jobmill.core.ids import JobNumber, OrganizationNumber, UserNumber
from jobmill.core.jobs.search import Found, Highlight, Words

FIELDS = ("name", "results", "metadata")
OPENS, CLOSES = "\x02", "\x03"
AROUND = 16
"""Words of text in a highlight."""
TELLING = (EventType.JOB_CREATED, EventType.JOB_UPDATED, EventType.TASK_DONE)


class SqlSearchIndex:
    """The `SearchIndex` port."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def place(self) -> int:
        return int(self._db.value("SELECT event FROM search_place") or 0)

    def news(self, after: int, limit: int) -> tuple[int, Sequence[JobNumber]]:
        rows = self._db.all(
            """SELECT number, job, type FROM event WHERE number > :after
               ORDER BY number LIMIT :limit""",
            after=after,
            limit=limit,
        )
        jobs = dict.fromkeys(row["job"] for row in rows if row["type"] in TELLING)
        return (rows[-1]["number"] if rows else after), [JobNumber(job) for job in jobs]

    def put(self, words: Sequence[Words], place: int) -> None:
        self._db.run(
            """INSERT INTO search_place (number, event) VALUES (1, :place)
               ON CONFLICT (number) DO UPDATE SET event = :place""",
            place=place,
        )
        if not words:
            return
        marks, jobs = placeholders("job", [each.job for each in words])
        self._db.run(f"DELETE FROM search WHERE rowid IN ({marks})", **jobs)  # noqa: S608
        self._db.raw.executemany(
            """INSERT INTO search (rowid, scope, name, results, metadata)
               SELECT :job, :scope, :name, :results, :metadata
               WHERE EXISTS (SELECT 1 FROM job WHERE number = :job)""",
            (
                {
                    "job": each.job,
                    "scope": _scope(each.organization),
                    "name": _plain(each.name),
                    "results": _plain(each.results),
                    "metadata": _plain(each.metadata),
                }
                for each in words
                if each
            ),
        )

    def find(
        self,
        organization: OrganizationNumber,
        match: str,
        below: int | None,
        limit: int,
        seen_by: UserNumber | None = None,
    ) -> Sequence[Found]:
        pieces = ", ".join(
            f"snippet(search, {place + 1}, char(2), char(3), '…', {AROUND}) AS in_{name}"
            for place, name in enumerate(FIELDS)
        )
        rows = self._db.all(
            f"""SELECT job.*, {pieces} FROM search
                CROSS JOIN job ON job.number = search.rowid
                WHERE search MATCH :match AND search.rowid < :below
                    AND job.organization = :organization AND job.deleted = 0
                    AND (:viewer IS NULL OR {SEES_JOB})
                ORDER BY search.rowid DESC LIMIT :limit""",  # noqa: S608
            match=f"scope : {_scope(organization)} AND {{{' '.join(FIELDS)}}} : ({match})",
            below=2**62 if below is None else below,
            organization=organization,
            viewer=seen_by,
            limit=limit,
        )
        return [Found(rows_of.job_of(fields_of(row)), tuple(_highlights(row))) for row in rows]


def _scope(organization: OrganizationNumber) -> str:
    return f"o{organization}"


def _plain(text: str) -> str:
    return text.replace(OPENS, " ").replace(CLOSES, " ")


def _highlights(row: Row) -> Iterator[Highlight]:
    for name in FIELDS:
        marked: str = row[f"in_{name}"] or ""
        if OPENS not in marked:
            continue
        text, marks = "", []
        for place, piece in enumerate(marked.split(OPENS)):
            inside, closed, after = piece.partition(CLOSES) if place else ("", "", piece)
            if closed:
                marks.append((len(text), len(text) + len(inside)))
            text += inside + after
        yield Highlight(name, text, tuple(marks))
