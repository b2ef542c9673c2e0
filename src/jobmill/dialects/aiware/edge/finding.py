"""Jobs and tasks by Edge's ids, which are our own UUIDs; those of the other face are taken too."""

from jobmill.core.accounts import Principal
from jobmill.core.errors import JobNotFound, TaskNotFound
from jobmill.core.ids import JobId
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import job_of_task, visible_job
from jobmill.dialects.aiware.edge.mapping.uuids import is_uuid
from jobmill.dialects.aiware.graphql.finding import job_named, task_named
from jobmill.dialects.aiware.mapping.jobs import SeenTask, shown_tasks


def edge_job(work: UnitOfWork, who: Principal, text: str) -> JobGraph:
    """The job of an id. Raises JobNotFound."""
    if not is_uuid(text):
        return job_named(work, who, text)
    try:
        return visible_job(work, who, JobId(text.lower()))
    except JobNotFound:
        raise JobNotFound(f"There is no job {text!r}.", objectId=text, objectType="Job") from None


def edge_task(work: UnitOfWork, who: Principal, text: str) -> SeenTask:
    """The task of an id. Raises TaskNotFound."""
    if not is_uuid(text):
        return task_named(work, who, text)
    missing = TaskNotFound(f"There is no task {text!r}.", objectId=text, objectType="Task")
    try:
        graph = job_of_task(work, who, text.lower())
    except TaskNotFound:
        raise missing from None
    for task in shown_tasks(graph):
        if task.id == text.lower():
            return SeenTask(graph, task)
    raise missing
