"""How fast work goes and how long it still takes: what was learnt, blended with what is seen.

Pure. Seconds left are never negative; they say nothing of time spent in a queue. Observed is the
mean since the first report, which moves slowly; what was learnt fades out over the first tenth.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from jobmill.core.jobs.model import FeatureProgress, JobGraph, Task
from jobmill.core.jobs.progress import WHOLE_TASK, job_percent, share_done
from jobmill.core.jobs.states import ENDED_TASKS, JobState, TaskState
from jobmill.core.speeds import BYTES, Learnt, Speed, SpeedKey

TRUSTED_SHARE = 0.1
"""After this share of the work, what is seen decides alone."""
FLOOR = 0.1
LONGEST = 1e9
"""Seconds (30 years). What would take longer is no estimate but an engine's odd numbers."""
FASTEST = 1e12
_GOES_ON = frozenset({JobState.QUEUED, JobState.RUNNING})


@dataclass(frozen=True, slots=True)
class Outlook:
    """How far something is, in `unit`s, how many of them a second, and what time is left."""

    done: float = 0.0
    total: float | None = None
    unit: str = ""
    rate: float | None = None
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True)
class JobOutlook:
    """The outlook of a job, of its tasks by name, and of their features by (task, feature)."""

    job: Outlook = Outlook()
    tasks: Mapping[str, Outlook] = field(default_factory=dict)
    features: Mapping[tuple[str, str], Outlook] = field(default_factory=dict)


def outlook_of(graph: JobGraph, learnt: Learnt, now: datetime) -> JobOutlook:
    """Look ahead for a job as it stands `now`."""
    size = learnt.sizes.get(graph.job.asset) if graph.job.asset is not None else None
    tasks: dict[str, Outlook] = {}
    features: dict[tuple[str, str], Outlook] = {}
    for task in graph.tasks:
        speeds = learnt.speeds.get(SpeedKey.of(task.engine, task.features), {})
        own = {
            feature: _feature(task, feature, speeds, size, now)
            for feature in task.features or (WHOLE_TASK,)
        }
        features |= {(task.name, feature): each for feature, each in own.items()}
        tasks[task.name] = _together(list(own.values()))
    return JobOutlook(_job(graph, tasks), tasks, features)


def _feature(
    task: Task, feature: str, speeds: Mapping[str, Speed], size: int | None, now: datetime
) -> Outlook:
    seen = task.progress.get(feature) or task.progress.get(WHOLE_TASK)
    done, total, unit = (seen.done, seen.total, seen.unit) if seen else (0.0, None, "")
    if task.state in ENDED_TASKS:
        done = total if total is not None and task.state is TaskState.DONE else done
        return Outlook(done, total, unit, None, 0.0)
    whole = _expected(speeds, size, seen)
    if task.state is not TaskState.RUNNING or task.started_at is None:
        return Outlook(done, total, unit, None, whole)
    if seen is None or not total:
        left = None if whole is None else _counted_down(whole, task.started_at, now)
        return Outlook(done, total, unit, None, left)
    each = _unit_seconds(task.started_at, seen, total, whole, speeds.get(unit))
    if each is None or total * each > LONGEST:
        return Outlook(done, total, unit)
    left = max(0.0, total - done) * each
    rate = 1 / each if each > 1 / FASTEST else None
    return Outlook(done, total, unit, rate, _counted_down(left, seen.updated_at, now))


def _expected(
    speeds: Mapping[str, Speed], size: int | None, seen: FeatureProgress | None
) -> float | None:
    """Seconds for the whole task, from earlier tasks of its kind."""
    seconds = None
    if seen is not None and seen.total and seen.unit in speeds:
        seconds = speeds[seen.unit].seconds_for(seen.total)
    elif size is not None and BYTES in speeds:
        seconds = speeds[BYTES].seconds_for(size)
    return None if seconds is None or seconds > LONGEST else seconds


def _unit_seconds(
    started_at: datetime,
    seen: FeatureProgress,
    total: float,
    whole: float | None,
    speed: Speed | None,
) -> float | None:
    """Seconds for each further unit: what was learnt, and what is seen."""
    learnt = None if whole is None else whole / total
    if speed is not None and speed.unit_seconds > 0:
        learnt = speed.unit_seconds
    observed, share = None, 0.0
    gained = seen.done - seen.first_done
    span = (seen.updated_at - seen.started_at).total_seconds()
    since_start = (seen.updated_at - started_at).total_seconds()
    if seen.started_at < started_at:
        pass  # an earlier attempt came this far: it says nothing of how fast this one is
    elif gained > 0 and span > 0:
        observed, share = span / gained, gained / total
    elif seen.done > 0 and since_start > 0:
        observed = since_start / seen.done
    if observed is None or learnt is None:
        return learnt if observed is None else observed
    trust = min(1.0, share / TRUSTED_SHARE)
    return trust * observed + (1 - trust) * learnt


def _counted_down(seconds: float, at: datetime, now: datetime) -> float:
    """What is left of seconds that were left `at` some time; never nothing while it goes on."""
    since = max(0.0, (now - at).total_seconds())
    return max(seconds - since, FLOOR * max(seconds, since)) if seconds > 0 else 0.0


def _together(features: list[Outlook]) -> Outlook:
    """A task of several features: as far as the last of them, which share its work."""
    known = [each.seconds_left for each in features if each.seconds_left is not None]
    last = min(features, key=lambda each: share_done(each.done, each.total))
    left = max(known) if known else None
    return Outlook(last.done, last.total, last.unit, last.rate, left)


def _job(graph: JobGraph, tasks: Mapping[str, Outlook]) -> Outlook:
    done, total, unit, rate = _summed(graph, list(tasks.values()))
    if graph.job.state is JobState.COMPLETED:
        return Outlook(total if total is not None else done, total, unit, None, 0.0)
    left = _longest_way(graph, tasks) if graph.job.state in _GOES_ON else None
    return Outlook(done, total, unit, rate if left is not None else None, left)


def _summed(graph: JobGraph, tasks: list[Outlook]) -> tuple[float, float | None, str, float | None]:
    """Sums where all tasks count in one unit; else percents."""
    totals = [each.total for each in tasks if each.total is not None]
    if len(totals) < len(tasks) or len({each.unit for each in tasks}) != 1:
        completed = graph.job.state is JobState.COMPLETED
        return float(job_percent(graph.tasks, completed=completed)), 100.0, "%", None
    rates = [each.rate for each in tasks if each.rate is not None]
    done = sum(each.done for each in tasks)
    return done, sum(totals), tasks[0].unit, sum(rates) if rates else None


def _longest_way(graph: JobGraph, tasks: Mapping[str, Outlook]) -> float | None:
    """Tasks behind one another add up, tasks side by side do not; None with one unknown."""
    if any(each.seconds_left is None for each in tasks.values()):
        return None
    parents: dict[str, set[str]] = {name: set() for name in tasks}
    for route in graph.routes:
        parents[route.target].add(route.source)
    ends: dict[str, float] = {}

    def end_of(name: str) -> float:
        if name not in ends:
            before = max((end_of(parent) for parent in parents[name]), default=0.0)
            ends[name] = before + (tasks[name].seconds_left or 0.0)
        return ends[name]

    return max(map(end_of, tasks), default=0.0)
