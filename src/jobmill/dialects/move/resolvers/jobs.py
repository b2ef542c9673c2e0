"""Jobs of motion capture: make one, look at it, list them, change what is said of it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from jobmill.core.items import Item
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.pages import JobPage, JobSpan
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import describe_job, page_jobs
from jobmill.core.jobs.states import JobState
from jobmill.dialects.move.call import Call
from jobmill.dialects.move.finding import (
    assets_in,
    capturing,
    engines_of,
    job_named,
    keep_assets,
    paged,
    take_named,
)
from jobmill.dialects.move.mapping.create_job import (
    BUNDLED,
    DIALECT,
    RIG,
    AskedJob,
    asked_older,
    asked_several,
    asked_single,
    inputs_of,
)
from jobmill.dialects.move.mapping.ids import JOB, id_of
from jobmill.dialects.move.mapping.metadata import RAW, fits, metadata_of, replacing
from jobmill.dialects.move.mapping.outputs import BY_ROLE, keys_of, order_of
from jobmill.dialects.move.mapping.pages import PageAsked, page_from
from jobmill.dialects.move.mapping.states import failure_of, percentage_of, state_of
from jobmill.dialects.move.resolvers.client import client_of
from jobmill.dialects.move.resolvers.files import SeenFile
from jobmill.dialects.move.resolvers.submitting import capture_engine, submit_several, submit_single
from jobmill.http.request_id import speak_of


def get_job(source: Any, call: Call, jobId: str) -> JobGraph:  # noqa: N803
    """A job."""
    call.spend(1)
    return job_named(call.work, call, jobId)


def list_jobs(
    source: Any,
    call: Call,
    first: int | None = None,
    after: Any = None,
    sortDirection: str | None = None,  # noqa: N803
    takeId: str | None = None,  # noqa: N803
) -> dict[str, Any]:
    """A page of jobs, of all takes or of one."""
    asked = page_from(first, after, sortDirection)
    take = take_named(call.work, call, takeId) if takeId else None
    found = page_jobs(call.work, call.who, _query(call, asked, take))
    keep_assets(
        call, {each.number: each for graph in found if (each := _take(graph, call))}.values()
    )
    return paged(call, asked, found, [graph.job.created_at for graph in found])


def _query(call: Call, asked: PageAsked, take: Item | None) -> JobPage:
    span = JobSpan(until=asked.since) if asked.descending else JobSpan(since=asked.since)
    return JobPage(
        call.who.organization,
        engines=engines_of(call),
        item=None if take is None else take.number,
        spans=() if asked.since is None else (span,),
        descending=asked.descending,
        offset=asked.seen,
        limit=asked.size + 1,
    )


async def create_older(call: Call, takeId: str, metadata: Any = None) -> JobGraph:  # noqa: N803
    """A job on a take of one camera, by the older mutation."""
    return await _single(call, takeId, asked_older(), None, metadata)


async def create_single(call: Call, takeId: str, **given: Any) -> JobGraph:  # noqa: N803
    """A job on a take of one camera."""
    bundled = capture_engine(call).id == BUNDLED
    asked = asked_single(given, bundled=bundled)
    return await _single(call, takeId, asked, given.get("name"), given.get("metadata"))


async def _single(
    call: Call, take_id: str, asked: AskedJob, name: str | None, metadata: Any
) -> JobGraph:
    engine = capture_engine(call)

    def submit(work: UnitOfWork) -> JobGraph:
        with call.looking(work):
            take = take_named(work, call, take_id)
            return submit_single(work, call, take, asked, engine, name, metadata)

    return _told(await call.house.database.write(submit))


async def create_several(call: Call, takeId: str, **given: Any) -> JobGraph:  # noqa: N803
    """A job on a take of several cameras."""
    asked = asked_several(given)

    def submit(work: UnitOfWork) -> JobGraph:
        with call.looking(work):
            take = take_named(work, call, takeId)
            return submit_several(work, call, take, asked, given.get("name"), given.get("metadata"))

    return _told(await call.house.database.write(submit))


def _told(graph: JobGraph) -> JobGraph:
    speak_of(graph.job.id)
    return graph


async def update_job(
    call: Call,
    id: str,  # noqa: A002
    metadata: Any = None,
    name: str | None = None,
) -> JobGraph:
    """Change what is said of a job; what is null stays."""

    def change(work: UnitOfWork) -> JobGraph:
        graph = job_named(work, call, id)
        changes: dict[str, Any] = {} if name is None else {"name": name}
        if metadata is not None:
            changes["metadata"] = replacing(graph.job.metadata, metadata)
            kept = {key: value for key, value in _kept(graph).items() if key != RAW}
            changes["extras"] = {DIALECT: kept if fits(metadata) else {**kept, RAW: metadata}}
        changed = describe_job(work, call.who, graph.job.number, changes, call.now)
        return replace(graph, job=changed.job)

    return await call.house.database.write(change)


def _kept(graph: JobGraph) -> dict[str, Any]:
    return dict(graph.job.extras.get(DIALECT) or {})


def _outputs(graph: JobGraph, call: Call) -> list[dict[str, Any]]:
    """The files of a finished job, all of them or none."""
    take = _take(graph, call)
    if graph.job.state is not JobState.COMPLETED or take is None:
        return []
    kept, found = _kept(graph), []
    older = bool(kept.get("older"))
    wanted: Sequence[str] = kept.get("outputs", ())
    tasks = {task.number for task in graph.tasks}
    for held in assets_in(call, take):
        output = BY_ROLE.get(held.role)
        if held.task in tasks and output is not None:
            file = SeenFile(held.asset, held.role)
            keys = keys_of(output, wanted, older=older)
            found += [{"key": key, "format": key, "file": file} for key in keys]
    places = {key: place for place, key in enumerate(order_of(wanted, older=older))}
    return sorted(found, key=lambda each: places.get(each["key"], len(places)))


def _take(graph: JobGraph, call: Call) -> Item | None:
    number = graph.job.item
    if number is None:
        return None
    if ("item", number) not in call.kept:
        call.kept["item", number] = call.work.items.get(number)
    found: Item | None = call.kept["item", number]
    return found


def _inputs(graph: JobGraph, call: Call) -> dict[str, Any]:
    task = capturing(call, graph)
    return inputs_of(_kept(graph), {} if task is None else task.parameters)


def _progress(graph: JobGraph, call: Call) -> dict[str, Any]:
    percentage = percentage_of(graph)
    return {
        "state": state_of(graph),
        "percentageComplete": percentage,
        "percentage_complete": percentage,
    }


JOB_FIELDS: dict[str, Any] = {
    "id": lambda graph, call: id_of(JOB, graph.job.id),
    "client": client_of,
    "created": lambda graph, call: graph.job.created_at,
    "inputs": _inputs,
    "metadata": lambda graph, call: metadata_of(graph.job.metadata, _kept(graph)),
    "name": lambda graph, call: graph.job.name or "",
    "outputs": _outputs,
    "progress": _progress,
    "rig": lambda graph, call: {"name": _kept(graph).get("rig") or RIG},
    "state": lambda graph, call: state_of(graph),
    "take": _take,
    "percentage_complete": lambda graph, call: percentage_of(graph),
    "failureReason": lambda graph, call: failure_of(graph),
}
RESOLVERS: dict[str, dict[str, Any]] = {
    "Query": {"getJob": get_job, "listJobs": list_jobs},
    "Job": JOB_FIELDS,
}
ACTIONS = {
    "createJob": create_older,
    "createSingleCamJob": create_single,
    "createMultiCamJob": create_several,
    "updateJob": update_job,
}
