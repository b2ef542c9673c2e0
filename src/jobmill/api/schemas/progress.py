"""How far jobs and tasks are, as it is shown."""

from collections.abc import Iterator
from typing import Any

from pydantic import ConfigDict, Field

from jobmill.api.schemas.shared import Answer, Time
from jobmill.core.jobs import JobState
from jobmill.core.jobs.estimate import JobOutlook, Outlook
from jobmill.core.jobs.model import Task
from jobmill.core.jobs.progress import WHOLE_TASK, feature_percent, job_percent, task_percent
from jobmill.core.jobs.service import JobView

RATE = "Units a second, while it runs and as far as known."
SECONDS_LEFT = (
    "An estimate from what is seen and from earlier runs of the engine, without waiting in a "
    "queue; null while unknown."
)


class FeatureProgressOut(Answer):
    """How far one feature is."""

    model_config = ConfigDict(title="FeatureProgress")

    feature: str | None = Field(description="Null for the task as a whole.")
    task: str
    percent: int = Field(ge=0, le=100)
    done: float
    total: float | None
    unit: str = Field(examples=["s"])
    rate: float | None = Field(description=RATE)
    seconds_left: float | None = Field(description=SECONDS_LEFT)
    started_at: Time | None
    updated_at: Time | None


class Progress(Answer):
    """How far a job or task is. Never falls; 100 only at completion."""

    percent: int = Field(ge=0, le=100)
    done: float
    total: float | None
    unit: str = Field(description="`%` where the parts of the whole count in different units.")
    rate: float | None = Field(description=RATE)
    seconds_left: float | None = Field(description=SECONDS_LEFT)
    features: list[FeatureProgressOut]


def job_progress(view: JobView) -> Progress:
    """The progress of all tasks of a job."""
    graph, ahead = view.graph, view.outlook
    completed = graph.job.state is JobState.COMPLETED
    return _progress(
        job_percent(graph.tasks, completed=completed),
        ahead.job,
        [each for task in graph.tasks for each in _features(task, ahead)],
    )


def task_progress(view: JobView, task: Task) -> Progress:
    """The progress of one of a job's tasks."""
    ahead = view.outlook.tasks.get(task.name, Outlook())
    return _progress(task_percent(task), ahead, list(_features(task, view.outlook)))


def _progress(percent: int, ahead: Outlook, features: list[FeatureProgressOut]) -> Progress:
    return Progress(percent=percent, **_outlook(ahead), features=features)


def _features(task: Task, ahead: JobOutlook) -> Iterator[FeatureProgressOut]:
    """By feature; of a task without features, as a whole."""
    for feature in task.features or (WHOLE_TASK,):
        seen = task.progress.get(feature) or task.progress.get(WHOLE_TASK)
        yield FeatureProgressOut(
            feature=feature or None,
            task=task.name,
            percent=feature_percent(task, feature),
            **_outlook(ahead.features.get((task.name, feature), Outlook())),
            started_at=seen.started_at if seen else None,
            updated_at=seen.updated_at if seen else None,
        )


def _outlook(ahead: Outlook) -> dict[str, Any]:
    return {
        "done": ahead.done,
        "total": ahead.total,
        "unit": ahead.unit,
        "rate": ahead.rate and float(f"{ahead.rate:.4g}"),
        "seconds_left": ahead.seconds_left and round(ahead.seconds_left, 1),
    }
