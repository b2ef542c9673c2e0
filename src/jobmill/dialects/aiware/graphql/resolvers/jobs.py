"""Jobs: create, watch, list, cancel, run again."""

from collections.abc import Mapping, Sequence
from typing import Any

from jobmill.core.errors import InvalidInput, JobEnded, JobmillError, JobNotFound, PoolNotFound
from jobmill.core.ids import ItemNumber
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.pages import JobPage, JobSpan
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import cancel_job as cancel
from jobmill.core.jobs.service import page_jobs, visible_job
from jobmill.core.jobs.service import retry_job as retry
from jobmill.core.jobs.service.submit_job import submit_job
from jobmill.dialects.aiware.graphql.call import Call
from jobmill.dialects.aiware.graphql.finding import cluster_named, job_named
from jobmill.dialects.aiware.graphql.paging import checked, cut, page_of
from jobmill.dialects.aiware.graphql.resolvers.accounts import user_id_of
from jobmill.dialects.aiware.graphql.submitting import command_from
from jobmill.dialects.aiware.mapping.catalogue import category_of, engine_named
from jobmill.dialects.aiware.mapping.create_job import read_job
from jobmill.dialects.aiware.mapping.ids import number_from
from jobmill.dialects.aiware.mapping.jobs import SeenTask, id_of, kept_of, routes_of, shown_tasks
from jobmill.dialects.aiware.mapping.refusals import in_input_words
from jobmill.dialects.aiware.mapping.states import JOB_STATUS, TASK_STATUS, job_states_of
from jobmill.dialects.aiware.mapping.templates import single_engine_job
from jobmill.http.request_id import speak_of

CANCELLED = "Job cancelled"
# What makes an export is a job to us, and none to the vendor.
NO_JOBS = ("export",)


async def create_job(call: Call, input: Mapping[str, Any] | None = None) -> JobGraph:  # noqa: A002
    """Start a job."""
    who, house = call.who, call.house
    asked = read_job(input or {}, call.catalog.manifests(), call.now)

    def submit(work: UnitOfWork) -> JobGraph:
        command = command_from(work, call, asked, input or {})
        return submit_job(work, house.outside, who, command, call.now).graph

    try:
        graph = await house.database.write(submit)
    except JobmillError as refusal:
        raise in_input_words(refusal, asked) from refusal
    speak_of(graph.job.id)
    return graph


async def launch_single_engine_job(call: Call, input: Mapping[str, Any]) -> JobGraph:  # noqa: A002
    """Start a job of one engine by its template."""
    _ = call.who
    return await create_job(call, single_engine_job(input, call.catalog.manifests()))


async def cancel_job(call: Call, id: str) -> dict[str, str]:  # noqa: A002
    """Stop a job, also one that runs. Again changes nothing."""
    who = call.who

    def act(work: UnitOfWork) -> None:
        graph = job_named(work, who, id)
        try:
            cancel(work, who, graph.job.number, call.now)
        except JobEnded:
            if JOB_STATUS[graph.job.state] != "cancelled":
                raise

    await call.house.database.write(act)
    return {"id": id, "message": CANCELLED}


async def retry_job(call: Call, id: str) -> JobGraph:  # noqa: A002
    """Run again what did not succeed, in the same job."""
    who = call.who

    def act(work: UnitOfWork) -> JobGraph:
        return retry(work, who, job_named(work, who, id).job.number, call.now)

    return await call.house.database.write(act)


async def update_jobs(call: Call, input: Mapping[str, Any]) -> dict[str, Any]:  # noqa: A002
    """Cancel several jobs: the one status that anybody but an engine can give."""
    who, ids = call.who, list(dict.fromkeys(input["ids"]))
    if input.get("status") != "cancelled":
        raise InvalidInput(
            "input.status: only cancelled can be set; the others follow from the job's tasks.",
            field="input.status",
        )

    def act(work: UnitOfWork) -> list[JobGraph]:
        graphs = [job_named(work, who, each) for each in ids]
        return [cancel(work, who, graph.job.number, call.now) for graph in graphs]

    graphs = await call.house.database.write(act)
    return page_of(call, graphs, 0, len(graphs))


def job(source: Any, call: Call, id: str) -> JobGraph:  # noqa: A002
    """The job of an id."""
    call.spend(1)
    return job_named(call.work, call.who, id)


def jobs(
    source: Any,
    call: Call,
    offset: int | None = 0,
    limit: int | None = 30,
    orderBy: Sequence[Mapping[str, Any]] | None = None,  # noqa: N803
    dateTimeFilter: Sequence[Mapping[str, Any]] | None = None,  # noqa: N803
    **wanted: Any,
) -> dict[str, Any]:
    """Jobs by any of these, newest first unless another order is asked for."""
    start, size = checked(offset, limit)
    if wanted.get("id") is not None:
        return cut(call, _one(call, wanted["id"]), start, size)
    query = _query(call, wanted)
    if query is None or size == 0:
        return page_of(call, [], start, size)
    order = (orderBy or [{"field": "createdDateTime", "direction": "desc"}])[0]
    spans = [
        JobSpan(_by_update(each), each.get("fromDateTime"), each.get("toDateTime"))
        for each in dateTimeFilter or ()
    ]
    page = JobPage(
        call.who.organization,
        **query,
        spans=spans,
        by_update=_by_update(order),
        descending=order.get("direction") != "asc",
        offset=start,
        limit=size,
    )
    return page_of(call, page_jobs(call.work, call.who, page), start, size)


def _by_update(given: Mapping[str, Any]) -> bool:
    return bool(given["field"] == "modifiedDateTime")


def _one(call: Call, id: str) -> list[JobGraph]:  # noqa: A002
    try:
        return [job_named(call.work, call.who, id)]
    except JobNotFound:
        return []


def _query(call: Call, wanted: Mapping[str, Any]) -> dict[str, Any] | None:
    """The filters in our words; None when nothing can match them."""
    if wanted.get("hasScheduledJobId") or wanted.get("scheduledJobIds"):
        return None
    query: dict[str, Any] = {"with_item": wanted.get("hasTargetTDO"), "but_types": NO_JOBS}
    if wanted.get("status"):
        query["states"] = job_states_of(list(wanted["status"]))
    if wanted.get("targetId") is not None:
        number = number_from(wanted["targetId"])
        if number is None:
            return None
        query["item"] = ItemNumber(number)
    if wanted.get("clusterId") is not None:
        query["pools"] = _pools(call, wanted["clusterId"])
    engines = _engines(call, wanted)
    if engines is not None:
        query["engines"] = engines
    return query


def _pools(call: Call, cluster: str) -> list[str]:
    try:
        return [cluster_named(call.work, call.who, cluster).name]
    except PoolNotFound:
        return []


def _engines(call: Call, wanted: Mapping[str, Any]) -> list[str] | None:
    installed = call.catalog.manifests()
    found: list[str] | None = None
    if wanted.get("engineIds") is not None:
        named = [engine_named(each, installed) for each in wanted["engineIds"]]
        found = [each for each in named if each is not None]
    if wanted.get("engineCategoryIds") is not None:
        ids = set(wanted["engineCategoryIds"])
        inside = [each.id for each in installed.values() if category_of(each).id in ids]
        found = inside if found is None else [each for each in found if each in inside]
    return found


def tasks_of(
    graph: JobGraph,
    call: Call,
    offset: int | None = 0,
    limit: int | None = 30,
    status: Sequence[str] | None = None,
    id: str | None = None,  # noqa: A002
    **_: Any,
) -> dict[str, Any]:
    """A job's tasks in the order in which they were written."""
    found = [SeenTask(graph, task) for task in shown_tasks(graph)]
    if status:
        found = [each for each in found if TASK_STATUS[each.task.state] in status]
    if id is not None:
        found = [each for each in found if each.id == id]
    return cut(call, found, offset, limit)


def target_id(graph: JobGraph) -> str | None:
    """The id of the TDO that a job works on."""
    return None if graph.job.item is None else str(graph.job.item)


def fresh(call: Call, number: Any) -> JobGraph:
    """A job as it stands in the open view."""
    return visible_job(call.work, call.who, number)


JOB: dict[str, Any] = {
    "id": lambda graph, call: id_of(graph.job),
    "name": lambda graph, call: graph.job.name,
    "description": lambda graph, call: kept_of(graph.job).get("description"),
    "createdDateTime": lambda graph, call: graph.job.created_at,
    "modifiedDateTime": lambda graph, call: graph.job.updated_at,
    "createdBy": lambda graph, call: user_id_of(call, graph.job.owner),
    "modifiedBy": lambda graph, call: user_id_of(call, graph.job.owner),
    "organizationId": lambda graph, call: str(graph.job.organization),
    "targetId": lambda graph, call: target_id(graph),
    "status": lambda graph, call: JOB_STATUS[graph.job.state],
    "tasks": tasks_of,
    "routes": lambda graph, call: routes_of(graph),
    "clusterId": lambda graph, call: kept_of(graph.job).get("clusterId"),
    "jobConfig": lambda graph, call: kept_of(graph.job).get("jobConfig"),
    "templateId": lambda graph, call: kept_of(graph.job).get("jobTemplateId"),
    "scheduledJobId": lambda graph, call: kept_of(graph.job).get("scheduledJobId"),
    "isReprocessJob": lambda graph, call: kept_of(graph.job).get("isReprocessJob", False),
    "notificationUris": lambda graph, call: kept_of(graph.job).get("notificationUris"),
}
RESOLVERS = {"Query": {"job": job, "jobs": jobs}, "Job": JOB}
ACTIONS = {
    "createJob": create_job,
    "launchSingleEngineJob": launch_single_engine_job,
    "cancelJob": cancel_job,
    "retryJob": retry_job,
    "updateJobs": update_jobs,
}
