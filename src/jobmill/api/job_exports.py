"""One result of a job as one file, at once."""

import hashlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Annotated

from fastapi import Query, Request, Response

from jobmill.api.answers import problems
from jobmill.api.downloads import DOWNLOAD
from jobmill.api.route import Caller, TheHouse, job_ref, native_router
from jobmill.api.schemas.exports import FileOptions
from jobmill.core.exports.formats import MEDIA_TYPES, ExportFormat
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.exports import sources_of
from jobmill.http.ranges import Download, download_response

if TYPE_CHECKING:
    from jobmill.core.jobs.service.exports.scattered import Scattered

router = native_router("exports")


@router.get(
    "/jobs/{job}/exports/{format}",
    summary="Export a result",
    response_class=Response,
    responses={**problems(404, 409), **DOWNLOAD},
)
async def read_file(
    job: str,
    format: ExportFormat,  # noqa: A002
    query: Annotated[FileOptions, Query()],
    request: Request,
    house: TheHouse,
    who: Caller,
) -> Response:
    """The file of one format, such as `srt`, made now from what the job has found.

    Where several results could be written, `task` names the one that is meant.
    """
    # Nobody who does not ask for a file waits for what writes them.
    from jobmill.core.exports.writing import write_export
    from jobmill.core.jobs.service.exports.gather import single_file
    from jobmill.core.jobs.service.exports.scattered import documents_of, scattered_findings

    catalog = house.outside.catalog

    def elsewhere(work: UnitOfWork) -> "Scattered":
        (source,) = sources_of(work, who, [job_ref(job)])
        return scattered_findings(work, catalog, who, source)

    scattered = await documents_of(house.blobs, await house.database.read(elsewhere))

    def made(work: UnitOfWork) -> tuple[str, bytes]:
        file = single_file(work, catalog, who, job_ref(job), query.output(format), scattered)
        return file.name, write_export(format, file.subject, file.options)

    name, data = await house.database.read(made)

    async def read(start: int, end: int) -> AsyncIterator[bytes]:
        return _piece(data[start:end])

    etag = hashlib.sha256(data).hexdigest()
    download = Download(len(data), MEDIA_TYPES[format], name, etag, read)
    return await download_response(request, download)


async def _piece(data: bytes) -> AsyncIterator[bytes]:
    yield data
