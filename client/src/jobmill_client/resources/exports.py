"""Exports: results as files, one at once or many in an archive."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from jobmill_client.calls import Awaited, Blocking, Calls, call, stream
from jobmill_client.errors import Conflict
from jobmill_client.models import Export
from jobmill_client.resources.assets import AssetCalls
from jobmill_client.resources.job_ref import JobRef, path_of, ref_of
from jobmill_client.resources.jobs import JobCalls
from jobmill_client.steps import Program, Report, Stream, work

Format = str | Mapping[str, Any]
_WHOLE_NAME = re.compile(r"filename\*=UTF-8''([^;]+)")
_PLAIN_NAME = re.compile(r'filename="([^"]*)"')


class ExportCalls(Calls):
    """The calls about exports."""

    @call
    def create(
        self,
        jobs: JobRef | Sequence[JobRef],
        formats: Sequence[Format],
        *,
        items: Sequence[int] = (),
        start_ms: float | None = None,
        end_ms: float | None = None,
        include_media: bool = False,
        name: str | None = None,
    ) -> Program[Export]:
        """Write the results of jobs in formats such as `srt`, into one archive.

        A format may be a mapping: `format`, `options`, `task`, `engine`, `category`. Raises
        InvalidInput, NotFound.
        """
        several = jobs if isinstance(jobs, Sequence) and not isinstance(jobs, str) else [jobs]
        body = {
            "jobs": [ref_of(each) for each in several],
            "items": list(items),
            "formats": [each if isinstance(each, str) else dict(each) for each in formats],
            "start_ms": start_ms,
            "end_ms": end_ms,
            "include_media": include_media,
            "name": name,
        }
        return self._ask(Export, "POST", "exports", json=body)

    @call
    def jobs(
        self,
        filter: Mapping[str, Any],  # noqa: A002  the API's own word
        *,
        results: bool = False,
        history: bool = False,
        name: str | None = None,
    ) -> Program[Export]:
        """Write all information on every job that a filter matches into one archive, whose member
        is a JSON list; of each job its results and its history too, if wanted."""
        body = {"filter": dict(filter), "results": results, "history": history, "name": name}
        return self._ask(Export, "POST", "exports/jobs", json=body)

    @call
    def get(self, export: Export | str | int) -> Program[Export]:
        """The export as it is now. Raises NotFound."""
        return self._ask(Export, "GET", f"exports/{_id(export)}")

    @stream
    def list(self, limit: int | None = None) -> Stream[Export]:
        """Exports, newest first."""
        return self._each(Export, "exports", limit=limit)

    @call
    def wait(self, export: Export | str | int, timeout: float | None = None) -> Program[Export]:
        """The export, once it is complete or failed. Raises WaitTimeout after `timeout` (s)."""
        yield from JobCalls(self._terms).wait(_id(export), timeout)
        return (yield from self.get(export))

    @call
    def download(
        self, export: Export | str | int, to: Path | str, report: Report | None = None
    ) -> Program[Path]:
        """Write the archive to a file, or into a folder. Raises Conflict if it is not complete."""
        found = yield from self.get(export)
        if found.asset is None:
            why = f": {found.reason.message}" if found.reason else ""
            raise Conflict(f"Export {found.number} is {found.state}{why}", status=409)
        return (yield from AssetCalls(self._terms).download(found.asset, to, report))

    @call
    def read(
        self,
        job: JobRef,
        format: str,  # noqa: A002
        *,
        task: str | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> Program[bytes]:
        """One result of a job as one file, at once. Raises Conflict when there is none to write."""
        _, data = yield from self._file(job, format, task, options)
        return data

    @call
    def save(
        self,
        job: JobRef,
        format: str,  # noqa: A002
        to: Path | str = ".",
        *,
        task: str | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> Program[Path]:
        """Like `read`, into a file, or into a folder under the name that the server gives."""
        name, data = yield from self._file(job, format, task, options)
        target = Path(to)
        if (yield from work(target.is_dir)):
            target = target / (Path(name).name or f"export.{format}")
        yield from work(target.write_bytes, data)
        return target

    def _file(
        self,
        job: JobRef,
        format: str,  # noqa: A002
        task: str | None,
        options: Mapping[str, Any] | None,
    ) -> Program[tuple[str, bytes]]:
        params = {"task": task, **{name: _word(value) for name, value in (options or {}).items()}}
        path = f"{path_of(job)}/exports/{quote(format, safe='')}"
        opened = yield from self._open("GET", path, params=params)
        data = bytearray()
        while (piece := (yield from self._piece(opened))) is not None:
            data += piece
        return _name(opened.headers.get("content-disposition", "")), bytes(data)


class Exports(Blocking, ExportCalls):
    """`client.exports`."""


class AsyncExports(Awaited, ExportCalls):
    """`client.exports`, awaited."""


def _id(export: Export | str | int) -> str:
    return export.id if isinstance(export, Export) else quote(str(export), safe="")


def _word(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _name(disposition: str) -> str:
    whole, plain = _WHOLE_NAME.search(disposition), _PLAIN_NAME.search(disposition)
    if whole is not None:
        return unquote(whole[1])
    return plain[1] if plain is not None else ""
