"""Read jobs and what hangs on them, on behalf of a caller."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from jobmill.core.accounts import Principal, Right, User, seen_by
from jobmill.core.engines import EngineCatalog
from jobmill.core.errors import PartNotFound, TaskNotFound
from jobmill.core.events import Event
from jobmill.core.ids import JobNumber, JobRef, TaskNumber
from jobmill.core.jobs.access import owns_job, visible_job
from jobmill.core.jobs.estimate import JobOutlook, outlook_of
from jobmill.core.jobs.marking import PLAIN, JobMark, shown_mark
from jobmill.core.jobs.model import Attempt, JobGraph, Part, Task
from jobmill.core.jobs.ports import JobQuery, JobSummary, UnitOfWork
from jobmill.core.jobs.service.learning import learnt_for
from jobmill.core.jobs.states import ACTIVE_TASKS, ENDED_JOBS, ENDED_TASKS, JobState, TaskState
from jobmill.core.jobs.waiting import WaitReason, job_wait_reason, wait_reason
from jobmill.core.results import Result
from jobmill.core.speeds import Learnt


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as a caller sees it: the graph, why what waits is waiting, what lies ahead, whose it
    is."""

    graph: JobGraph
    waiting: Mapping[str, WaitReason]
    wait_reason: WaitReason | None
    outlook: JobOutlook = field(default_factory=JobOutlook)
    owner: User | None = None
    mark: JobMark = PLAIN


@dataclass(frozen=True, slots=True)
class JobWatch:
    """One look at a job by someone who follows it: how it stands, and what is new."""

    graph: JobGraph
    events: Sequence[Event]
    more: bool

    @property
    def over(self) -> bool:
        """Nothing more will be seen: the job has ended and every event has been told."""
        return self.graph.job.state in ENDED_JOBS and not self.more


def get_job(
    work: UnitOfWork, catalog: EngineCatalog, who: Principal, job: JobRef, now: datetime
) -> JobView:
    """The job with its tasks. Raises JobNotFound."""
    graph = visible_job(work, who, job)
    return views_of(work, catalog, [graph], now, learnt_for(work, [graph]), who)[0]


def view_of(
    work: UnitOfWork,
    catalog: EngineCatalog,
    graph: JobGraph,
    now: datetime,
    who: Principal | None = None,
    mark: JobMark | None = None,
) -> JobView:
    """Say of each waiting task why it waits. `mark`: the job's, where the caller has it already."""
    marks = None if mark is None else {graph.job.number: mark}
    return views_of(work, catalog, [graph], now, None, who, marks)[0]


def views_of(
    work: UnitOfWork,
    catalog: EngineCatalog,
    graphs: Sequence[JobGraph],
    now: datetime,
    learnt: Learnt | None = None,
    who: Principal | None = None,
    marks: Mapping[JobNumber, JobMark] | None = None,
) -> list[JobView]:
    """`view_of` for many jobs, looking at the workers, at marks and at each owner once.

    Without `who` marks are those that anybody may see; with it, callbacks are those of a job that
    is the caller's.
    """
    if marks is None:
        marks = work.marks.of([graph.job.number for graph in graphs])
    graphs = [_for_caller(shown(graph), who) for graph in graphs]
    ready = [
        task.number for graph in graphs for task in graph.tasks if task.state is TaskState.READY
    ]
    floors = work.jobs.floors(ready, now)
    owners = {number: work.accounts.user(number) for number in {g.job.owner for g in graphs}}
    views = []
    for graph in graphs:
        waiting: dict[str, WaitReason] = {}
        for task in graph.tasks:
            reason = wait_reason(task, graph, floors.get(task.number), catalog, now)
            if reason is not None:
                waiting[task.name] = reason
        ahead = outlook_of(graph, learnt or Learnt(), now)
        reason = job_wait_reason(graph, waiting)
        mark = shown_mark(marks.get(graph.job.number, PLAIN), who)
        views.append(JobView(graph, waiting, reason, ahead, owners[graph.job.owner], mark))
    return views


def _for_caller(graph: JobGraph, who: Principal | None) -> JobGraph:
    """Where a job's events go is its owner's business; calibrations could be told by it, too."""
    if who is None or graph.job.callback is None or owns_job(who, graph.job):
        return graph
    return replace(graph, job=replace(graph.job, callback=None))


def shown(graph: JobGraph) -> JobGraph:
    """The job as people see it: a task works as long as one of its lanes does."""
    if not graph.lanes:
        return graph
    return replace(graph, tasks=tuple(_busiest(graph, task) for task in graph.tasks))


def _busiest(graph: JobGraph, task: Task) -> Task:
    if task.state in ACTIVE_TASKS or task.state in ENDED_TASKS:
        return task
    at_work = [lane for lane in graph.lanes_of(task.name) if lane.state in ACTIVE_TASKS]
    ready = any(lane.state is TaskState.READY for lane in graph.lanes_of(task.name))
    if at_work:
        return replace(task, state=at_work[0].state, worker=at_work[0].worker)
    return replace(task, state=TaskState.READY) if ready else task


def list_jobs(
    work: UnitOfWork, catalog: EngineCatalog, who: Principal, query: JobQuery, now: datetime
) -> Sequence[JobView]:
    """The jobs that the caller sees, newest first."""
    who.require(Right.JOBS_READ)
    query = replace(query, organization=who.organization, seen_by=seen_by(who))
    graphs = work.jobs.find(query)
    return views_of(work, catalog, graphs, now, learnt_for(work, graphs), who)


def summarise_jobs(
    work: UnitOfWork,
    who: Principal,
    before: int | None,
    limit: int,
    states: Sequence[JobState] = (),
) -> Sequence[JobSummary]:
    """Short records for long lists, newest first; of all states when none is named."""
    who.require(Right.JOBS_READ)
    return work.jobs.summaries(who.organization, states, before, limit, seen_by(who))


def watch_job(
    work: UnitOfWork, who: Principal, job: JobRef, after: int, limit: int = 1000
) -> JobWatch:
    """How the job stands now, and its events with a number above `after`, in one view."""
    graph = visible_job(work, who, job)
    events = work.events.of_job(graph.job.number, after, limit + 1)
    return JobWatch(graph, events[:limit], len(events) > limit)


def job_outlook_basis(work: UnitOfWork, who: Principal, job: JobRef) -> Learnt:
    """What a look ahead at the caller's job stands on."""
    return learnt_for(work, [visible_job(work, who, job)])


def job_results(work: UnitOfWork, who: Principal, job: JobRef) -> Sequence[Result]:
    """What the job's engines have found so far."""
    return work.results.of_job(visible_job(work, who, job).job.number)


def job_events(
    work: UnitOfWork, who: Principal, job: JobRef, after: int, limit: int
) -> Sequence[Event]:
    """The job's events with a number above `after`."""
    return work.events.of_job(visible_job(work, who, job).job.number, after, limit)


def job_attempts(work: UnitOfWork, who: Principal, job: JobRef) -> Sequence[Attempt]:
    """All attempts of all tasks, oldest first."""
    return work.attempts.of_job(visible_job(work, who, job).job.number)


def job_parts(
    work: UnitOfWork,
    who: Principal,
    job: JobRef,
    task: str,
    after: tuple[str, int] | None = None,
    limit: int = -1,
) -> Sequence[Part]:
    """What a task has written, by port and number, behind a (port, number). Raises TaskNotFound.

    With a negative limit, all.
    """
    return work.parts.page(_task_number(work, who, job, task), after, limit)


def job_part(
    work: UnitOfWork, who: Principal, job: JobRef, task: str, port: str, number: int
) -> Part:
    """One part that a task wrote. Raises TaskNotFound, PartNotFound."""
    part = work.parts.get(_task_number(work, who, job, task), port, number)
    if part is None:
        raise PartNotFound(f"The task {task!r} has not written part {number} at port {port!r}.")
    return part


def _task_number(work: UnitOfWork, who: Principal, job: JobRef, name: str) -> TaskNumber:
    graph = visible_job(work, who, job)
    number = next((each.number for each in graph.tasks if each.name == name), None)
    if number is None:
        raise TaskNotFound(f"The job has no task {name!r}.")
    return number
