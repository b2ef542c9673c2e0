"""Jobs and engines made by hand for tests of the core: nothing here touches a file or a table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from jobmill.core.engines import Failed, FailureClass
from jobmill.core.ids import (
    JobId,
    JobNumber,
    OrganizationNumber,
    RunToken,
    TaskNumber,
    UserNumber,
    WorkerName,
    new_id,
)
from jobmill.core.jobs.model import Job, JobGraph, Route, Task
from jobmill.core.jobs.states import JobState, TaskState
from jobmill_engine.manifest import Feature, Manifest

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
WORKER = WorkerName("worker-1")


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def token(text: str = "t") -> RunToken:
    return RunToken(text)


def task(name: str, state: TaskState = TaskState.READY, **fields: Any) -> Task:
    """A task whose number follows from its name, so that tests can say either."""
    return Task(
        number=TaskNumber(number_of(name)),
        id=new_id(),
        job=JobNumber(1),
        name=name,
        engine=fields.pop("engine", "noop"),
        pool=fields.pop("pool", "cpu"),
        state=state,
        **fields,
    )


def number_of(name: str) -> TaskNumber:
    return TaskNumber(int.from_bytes(name.encode(), "big"))


def graph(*tasks: Task, routes: Iterable[tuple[str, str]] = (), **fields: Any) -> JobGraph:
    """A queued job of these tasks; tasks behind a route wait."""
    joined = tuple(Route(source, "out", target, "in") for source, target in routes)
    fed = {route.target for route in joined}
    placed = tuple(
        replace(each, state=TaskState.WAITING)
        if each.name in fed and each.state is TaskState.READY
        else each
        for each in tasks
    )
    job = Job(
        number=JobNumber(1),
        id=JobId(new_id()),
        organization=OrganizationNumber(1),
        owner=UserNumber(1),
        type="graph",
        state=fields.pop("state", JobState.QUEUED),
        created_at=NOW,
        updated_at=NOW,
        **fields,
    )
    return JobGraph(job, placed, joined)


def failed(
    kind: FailureClass = FailureClass.ENGINE, *, died: bool = False, **details: Any
) -> Failed:
    return Failed(kind, "broken", "It broke.", process_died=died, details=details)


def engine(
    name: str,
    features: Mapping[str, Mapping[str, Any]] | None = None,
    parameters: Mapping[str, Any] | None = None,
    concurrency: int | None = None,
    pool: str = "cpu",
    spool: bool = False,
) -> Manifest:
    """The manifest of an engine that nobody will start."""
    more = {} if parameters is None else {"parameters": parameters}
    return Manifest(
        id=name,
        name=name.title(),
        category="test",
        version="1.0.0",
        license="Apache-2.0",
        command=("true",),
        path=Path("/nowhere"),
        pool=pool,
        concurrency=concurrency,
        spool=spool,
        features=tuple(Feature(each, "", schema) for each, schema in (features or {}).items()),
        **more,
    )


@dataclass(frozen=True)
class ListedEngines:
    """An `EngineCatalog` of given manifests."""

    engines: Sequence[Manifest] = field(default_factory=list)

    def manifests(self) -> Mapping[str, Manifest]:
        return {each.id: each for each in self.engines}

    def problems(self) -> Mapping[str, str]:
        return {}
