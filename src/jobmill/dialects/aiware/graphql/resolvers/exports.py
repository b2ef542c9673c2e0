"""Export requests: archives of caption files and texts, made in the background."""

from collections.abc import Mapping, Sequence
from typing import Any

from jobmill.core.accounts import Right
from jobmill.core.errors import ExportNotFound, InvalidInput
from jobmill.core.ids import JobId
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.exports import (
    ExportState,
    ExportView,
    get_export,
    list_exports,
    start_export,
)
from jobmill.dialects.aiware.errors import ExportFailed, NotServed
from jobmill.dialects.aiware.graphql.call import Call
from jobmill.dialects.aiware.graphql.finding import item_named
from jobmill.dialects.aiware.graphql.links import signed
from jobmill.dialects.aiware.graphql.paging import checked, cut, page_of
from jobmill.dialects.aiware.graphql.resolvers.accounts import user_id_of
from jobmill.dialects.aiware.mapping.create_job import EXTRAS
from jobmill.dialects.aiware.mapping.exports import spec_from

DOWNLOADED = "downloaded"
MOST = 1000


async def create_export_request(call: Call, input: Mapping[str, Any]) -> ExportView:  # noqa: A002
    """Ask for an archive of the results of recordings."""
    who, installed = call.who, call.catalog.manifests()

    def start(work: UnitOfWork) -> ExportView:
        numbers = []
        for i, each in enumerate(input["tdoData"]):
            if each.get("tdoId") is None:
                field = f"input.tdoData[{i}].tdoId"
                raise NotServed(f"{field}: name a TDO; mentions are not served.", field=field)
            numbers.append(item_named(work, who, each["tdoId"]).number)
        return start_export(work, who, spec_from(input, numbers, installed), call.now)

    return await call.house.database.write(start)


async def update_export_request(call: Call, input: Mapping[str, Any]) -> ExportView:  # noqa: A002
    """Note that an archive has been downloaded; the rest is for the server to say."""
    who = call.who
    if input.get("status") not in (None, DOWNLOADED) or input.get("assetUri") is not None:
        raise InvalidInput("input.status: only downloaded can be set.", field="input.status")

    def note(work: UnitOfWork) -> ExportView:
        who.require(Right.JOBS_WRITE)
        view = _named(work, call, input["id"])
        if input.get("status") is not None:
            _check_made(view)
            work.jobs.note_extra(view.graph.job.number, EXTRAS, {"status": DOWNLOADED})
        return _named(work, call, input["id"])

    return await call.house.database.write(note)


def _named(work: UnitOfWork, call: Call, text: str) -> ExportView:
    try:
        return get_export(work, call.who, JobId(text))
    except ExportNotFound:
        raise ExportNotFound(
            f"There is no export request {text!r}.", objectId=text, objectType="ExportRequest"
        ) from None


def _check_made(view: ExportView) -> None:
    if view.state is not ExportState.COMPLETE:
        raise InvalidInput("input.status: the export is not complete.", field="input.status")


def export_request(source: Any, call: Call, id: str, event: str | None = None) -> ExportView:  # noqa: A002
    """An export request by its id. One that failed is an error that says why."""
    view = _named(call.work, call, id)
    if view.state is ExportState.FAILED:
        reason = view.graph.job.reason
        raise ExportFailed(reason.message if reason else "The export could not be made.")
    return view


def export_requests(
    source: Any,
    call: Call,
    id: str | None = None,  # noqa: A002
    offset: int | None = 0,
    limit: int | None = 30,
    status: Sequence[str] | None = None,
    event: str | None = None,
) -> dict[str, Any]:
    """The caller's export requests, newest first; failed ones are left out."""
    start, size = checked(offset, limit)
    if id is not None:
        try:
            found = [_named(call.work, call, id)]
        except ExportNotFound:
            found = []
        return cut(call, found, start, size)
    found = [
        view
        for view in list_exports(call.work, call.who, None, MOST)
        if view.state is not ExportState.FAILED and (not status or _status(view, call) in status)
    ]
    return page_of(call, found[start : start + size], start, size)


def _status(view: ExportView, call: Call) -> str:
    if view.state is ExportState.COMPLETE:
        kept: Mapping[str, Any] = view.graph.job.extras.get(EXTRAS) or {}
        return str(kept.get("status", ExportState.COMPLETE.value))
    return ExportState.INCOMPLETE.value


EXPORT: dict[str, Any] = {
    "id": lambda view, call: view.graph.job.id,
    "status": _status,
    "organizationId": lambda view, call: str(view.graph.job.organization),
    "createdDateTime": lambda view, call: view.graph.job.created_at,
    "modifiedDateTime": lambda view, call: view.graph.job.updated_at,
    "requestorId": lambda view, call: user_id_of(call, view.graph.job.owner),
    "assetUri": lambda view, call: view.asset and signed(call, view.asset),
}
RESOLVERS = {
    "Query": {"exportRequest": export_request, "exportRequests": export_requests},
    "ExportRequest": EXPORT,
}
ACTIONS = {
    "createExportRequest": create_export_request,
    "updateExportRequest": update_export_request,
}
