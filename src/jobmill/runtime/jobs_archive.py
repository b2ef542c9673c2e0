"""Writes all information on many jobs as one JSON list in an archive, some jobs at a time, so that
memory holds no more than these."""

import asyncio
import json
import zipfile
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from jobmill.core.accounts import Principal
from jobmill.core.errors import InternalError
from jobmill.core.exports.model import Export
from jobmill.core.jobs.ports import Database, UnitOfWork
from jobmill.core.jobs.service.exports.jobs_export import wanted_jobs
from jobmill.core.jobs.service.exports.shapes import JobShapes, records_of
from jobmill.core.jobs.service.filters import query_of

TOGETHER = 100
"""Jobs that are read at once."""
MEMBER = "jobs.json"
Place = tuple[datetime, int]
Tell = Callable[[int, int], Awaitable[None]]
"""Called with how many jobs are written, of how many; raises when nothing more shall be."""
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class JobsArchive:
    """One export of jobs, for whoever asked for it."""

    def __init__(
        self, database: Database, shapes: JobShapes, export: Export, who: Principal
    ) -> None:
        assert export.spec.jobs is not None  # noqa: S101  the caller has looked
        self._database = database
        self._export = export
        self._who = who
        self._wanted = wanted_jobs(export.spec.jobs)
        shape = shapes.get(self._wanted.options.shape)
        if shape is None:
            raise InternalError(f"There is no shape {self._wanted.options.shape!r} of jobs.")
        self._shape = shape

    async def write(self, path: Path, at: datetime, tell: Tell) -> int:
        """Write the archive; how many jobs are in it."""
        count = await self._database.read(self._count)
        done, before = 0, None
        entry = zipfile.ZipInfo(MEMBER, at.timetuple()[:6])
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        with (
            zipfile.ZipFile(path, "w") as archive,
            archive.open(entry, "w", force_zip64=True) as member,
        ):
            member.write(b"[")
            while True:
                place = before
                looked, before, some = await self._database.read(
                    lambda work: self._some(work, place)  # noqa: B023
                )
                text = await asyncio.to_thread(_text, some, first=done == 0)
                await asyncio.to_thread(member.write, text)
                done += len(some)
                await tell(done, max(count, done))
                if looked < TOGETHER:
                    break
            member.write(b"]")
        return done

    def _count(self, work: UnitOfWork) -> int:
        query = query_of(work, self._who, self._wanted.filter)
        return work.jobs.count(query, self._export.job)

    def _some(
        self, work: UnitOfWork, before: Place | None
    ) -> tuple[int, Place | None, list[dict[str, Any]]]:
        """How many places were looked at, the last of them, and the jobs there."""
        query = query_of(work, self._who, self._wanted.filter, before, TOGETHER)
        places = work.jobs.places(query, self._export.job)
        options = self._wanted.options
        records = records_of(
            work,
            self._who,
            [number for _, number in places],
            results=options.results,
            history=options.history,
        )
        some = [dict(self._shape.write(work, each)) for each in records]
        return len(places), places[-1] if places else before, some


def _text(jobs: Sequence[dict[str, Any]], *, first: bool) -> bytes:
    lines = ",\n".join(_ENCODER.encode(each) for each in jobs)
    return (lines if first or not lines else f",\n{lines}").encode()
