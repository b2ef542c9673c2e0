"""How far tasks and jobs are, in numbers people can believe: never falling, 100 only at the end."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from jobmill.core.engines import Progress
from jobmill.core.jobs.model import FeatureProgress, Task
from jobmill.core.jobs.states import TaskState

WHOLE_TASK = ""
ALMOST = 99


def merge_progress(
    old: Mapping[str, FeatureProgress], reports: Iterable[Progress], now: datetime
) -> dict[str, FeatureProgress]:
    """Fold an engine's reports in. A report that would fall back is kept from showing.

    Whether it falls back is decided by the share done, so that neither a total that turns out
    larger nor another attempt that begins anew takes back what was shown.
    """
    merged = dict(old)
    for report in reports:
        key = report.feature or WHOLE_TASK
        before = merged.get(key)
        if before is None:
            merged[key] = FeatureProgress(
                report.done, report.total, report.unit, now, now, report.done
            )
        else:
            merged[key] = _further(before, report, now)
    return merged


def _further(before: FeatureProgress, report: Progress, now: datetime) -> FeatureProgress:
    total = report.total if report.total is not None else before.total
    if share_done(report.done, total) < share_done(before.done, before.total):
        return replace(before, updated_at=now)
    done = report.done
    if total is None or total == before.total:
        done = max(done, before.done)
    first = done if before.started_at == now else before.first_done
    return replace(
        before, done=done, total=total, unit=report.unit, updated_at=now, first_done=first
    )


def share_done(done: float, total: float | None) -> float:
    """The share of the work that is done, from 0 to 1; 0 while the total is not known."""
    return min(1.0, done / total) if total else 0.0


def feature_percent(task: Task, feature: str) -> int:
    """Whole percents of one feature of a task; 99 at most while the task is not done."""
    if task.state is TaskState.DONE:
        return 100
    shares = [
        share_done(progress.done, progress.total)
        for key in (feature, WHOLE_TASK)
        if (progress := task.progress.get(key)) is not None
    ]
    return max(0, min(ALMOST, int(100 * max(shares, default=0.0))))


def task_percent(task: Task) -> int:
    """Whole percents of a task: the mean of its features'."""
    if task.state is TaskState.DONE:
        return 100
    features = task.features or (WHOLE_TASK,)
    return sum(feature_percent(task, feature) for feature in features) // len(features)


def job_percent(tasks: Iterable[Task], *, completed: bool) -> int:
    """Whole percents of a job: the mean of its tasks'; 100 exactly when it is completed."""
    if completed:
        return 100
    percents = [task_percent(task) for task in tasks]
    return min(ALMOST, sum(percents) // len(percents)) if percents else 0
