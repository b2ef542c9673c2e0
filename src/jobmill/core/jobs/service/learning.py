"""Learn from tasks that ended well how fast engines are, and look up what was learnt.

Engines that report no progress teach nothing and cost nothing.
"""

from collections.abc import Mapping, Sequence

from jobmill.core.jobs.model import FeatureProgress, JobGraph, Task
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.states import ENDED_JOBS, ENDED_TASKS
from jobmill.core.speeds import BYTES, Learnt, Observation, SpeedKey
from jobmill.core.speeds.model import UNIT_LENGTH

ABSURD = 1e15


def learn_speed(
    work: UnitOfWork, task: Task, progress: Mapping[str, FeatureProgress], input_size: int | None
) -> None:
    """From a done task with what its engine reported: one statement, or none."""
    counted = (each for each in progress.values() if 0 < _total(each) < ABSURD)
    most = max(counted, key=_total, default=None)
    if most is None or task.started_at is None or task.ended_at is None:
        return
    seconds = (task.ended_at - task.started_at).total_seconds()
    if seconds <= 0:
        return
    key = SpeedKey.of(task.engine, task.features)
    runs = [Observation(key, most.unit[:UNIT_LENGTH], _total(most), seconds)]
    if input_size and most.unit != BYTES:
        runs.append(Observation(key, BYTES, float(input_size), seconds))
    work.speeds.learn(runs)


def learnt_for(work: UnitOfWork, graphs: Sequence[JobGraph]) -> Learnt:
    """What is known about the tasks of these jobs that have not ended."""
    going = [graph for graph in graphs if graph.job.state not in ENDED_JOBS]
    keys = {
        SpeedKey.of(task.engine, task.features)
        for graph in going
        for task in graph.tasks
        if task.state not in ENDED_TASKS
    }
    speeds = work.speeds.of(keys) if keys else {}
    if not speeds:
        return Learnt()
    assets = {graph.job.asset for graph in going if graph.job.asset is not None}
    return Learnt(speeds, work.speeds.sizes(assets) if assets else {})


def _total(progress: FeatureProgress) -> float:
    return progress.total or 0.0
