"""Time left that people can believe: by simulated engines and an injected clock."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobmill.adapters.sql.speeds import KEPT
from jobmill.core.engines import Progress
from jobmill.core.ids import AssetNumber
from jobmill.core.jobs.estimate import Outlook, outlook_of
from jobmill.core.jobs.model import JobGraph, Task
from jobmill.core.jobs.progress import merge_progress
from jobmill.core.jobs.states import JobState, TaskState
from jobmill.core.speeds import BYTES, Learnt, Speed, SpeedKey
from tests.core.graphs import after, graph, task

NOOP = SpeedKey.of("noop", ())


@dataclass(frozen=True)
class Engine:
    """Loads for `start` seconds, then does `total` units, `pace(share)` of them a second."""

    total: float
    pace: Callable[[float], float]
    start: float = 0.0
    every: float = 0.2

    def life(self) -> Iterator[tuple[float, Task]]:
        """The task as it stands at each report, with the seconds since its start."""
        running = task("t", TaskState.RUNNING, started_at=after(0))
        at, done = self.start, 0.0
        while done < self.total:
            at += self.every
            done = min(self.total, done + self.every * self.pace(done / self.total))
            reports = [Progress(None, done, self.total, "s")]
            progress = merge_progress(running.progress, reports, after(at))
            running = replace(running, progress=progress)
            yield at, running

    def estimates(self, learnt: Learnt | None = None) -> Iterator[tuple[float, float, float]]:
        """Share done, seconds really left, seconds left as estimated; None is an error."""
        life = list(self.life())
        end = life[-1][0]
        for at, running in life[:-1]:
            seen = outlook_of(graph(running), learnt or Learnt(), after(at)).job
            assert seen.seconds_left is not None
            yield seen.done / self.total, end - at, seen.seconds_left


def learnt_from(*runs: tuple[float, float], unit: str = "s", asset: int | None = None) -> Learnt:
    """What runs of (units, seconds) teach, as the store adds them up."""
    sums = [0.0] * 5
    for units, seconds in runs:
        new = (1.0, units, seconds, units**2, units * seconds)
        sums = [KEPT * old + each for old, each in zip(sums, new, strict=True)]
    sizes = {} if asset is None else {1: asset}
    return Learnt({NOOP: {unit: Speed(*sums)}}, sizes)


def steady(pace: float) -> Callable[[float], float]:
    return lambda share: pace


@pytest.mark.parametrize("start", [0.0, 0.5, 30.0])
@pytest.mark.parametrize("pace", [1.0, 40.0])
def test_a_steady_engine_is_known_within_a_fifth_after_its_first_tenth(
    start: float, pace: float
) -> None:
    engine = Engine(3600.0 if pace > 1 else 60.0, steady(pace), start)
    for share, really, told in engine.estimates():
        if share > 0.1 and really > 1:
            assert abs(told - really) <= 0.2 * really


@pytest.mark.parametrize("wrong_by", [0.2, 1.0, 5.0])
def test_what_was_learnt_on_a_slower_machine_is_forgotten_after_the_first_tenth(
    wrong_by: float,
) -> None:
    learnt = learnt_from((600, 600 * wrong_by), (1200, 1200 * wrong_by))
    engine = Engine(600.0, steady(1.0))
    for share, really, told in engine.estimates(learnt):
        if share > 0.11:
            assert abs(told - really) <= 0.2 * really + engine.every


def test_what_was_learnt_tells_the_time_from_the_first_report_on() -> None:
    learnt = learnt_from((60, 5 + 60 / 4), (120, 5 + 120 / 4), (600, 5 + 600 / 4))
    for _, really, told in Engine(300.0, steady(4.0), start=5.0).estimates(learnt):
        assert abs(told - really) <= 0.2 * really + 0.5


def test_before_its_start_a_task_takes_what_tasks_of_its_size_took() -> None:
    learnt = learnt_from((1e6, 12.0), (3e6, 32.0), (2e6, 22.0), unit=BYTES, asset=5_000_000)
    for state in (TaskState.READY, TaskState.STARTING):
        waiting = graph(task("t", state), asset=AssetNumber(1))
        left = outlook_of(waiting, learnt, after(0)).job.seconds_left
        assert left == pytest.approx(52.0, rel=0.01)
    silent = graph(
        task("t", TaskState.RUNNING, started_at=after(0)),
        asset=AssetNumber(1),
        state=JobState.RUNNING,
    )
    told = [outlook_of(silent, learnt, after(at)).job.seconds_left for at in (0, 20, 40, 200)]
    assert told == [pytest.approx(52), pytest.approx(32), pytest.approx(12), pytest.approx(20)]


def test_nothing_is_told_of_what_nothing_is_known_about() -> None:
    ready = outlook_of(graph(task("t")), Learnt(), after(0))
    assert ready.job.seconds_left is None
    running = task("t", TaskState.RUNNING, started_at=after(0))
    assert outlook_of(graph(running), Learnt(), after(9)).job == Outlook(0, 100.0, "%")


def test_the_estimate_moves_slowly_when_the_engine_changes_its_pace() -> None:
    engine = Engine(600.0, lambda share: 4.0 if share < 0.5 else 1.0)
    told = [left for share, _, left in engine.estimates() if share > 0.05]
    jumps = [abs(new - old) for old, new in pairwise(told)]
    assert max(jumps) <= 2.0


def test_a_silent_engine_counts_down_and_never_reaches_the_end() -> None:
    *_, (at, running) = list(Engine(100.0, steady(1.0)).life())[:250]
    told = [
        outlook_of(graph(running), Learnt(), after(at + silent)).job.seconds_left
        for silent in (0, 10, 40, 60, 600)
    ]
    assert told == pytest.approx([50, 40, 10, 6, 60], rel=0.02)


def test_a_second_attempt_is_not_judged_by_the_first_ones_reports() -> None:
    *_, (at, running) = list(Engine(100.0, steady(1.0)).life())[:250]
    again = replace(running, started_at=after(at + 60), attempt=2)
    assert outlook_of(graph(again), Learnt(), after(at + 61)).job.rate is None


def test_tasks_behind_one_another_add_up_and_tasks_side_by_side_do_not() -> None:
    learnt = learnt_from((1e6, 10.0), unit=BYTES, asset=1_000_000)
    chain = graph(task("a"), task("b"), task("c"), routes=[("a", "b"), ("b", "c")], asset=1)
    assert outlook_of(chain, learnt, after(0)).job.seconds_left == pytest.approx(30)
    fan = graph(task("a"), task("b"), task("c"), routes=[("a", "b"), ("a", "c")], asset=1)
    assert outlook_of(fan, learnt, after(0)).job.seconds_left == pytest.approx(20)


def test_a_job_of_a_running_and_a_waiting_task_counts_both() -> None:
    *_, (at, running) = list(Engine(100.0, steady(2.0)).life())[:125]
    learnt = Learnt({SpeedKey.of("other", ()): {BYTES: Speed(1, 1e6, 7, 1e12, 7e6)}}, {1: 1000000})
    job = graph(running, task("u", engine="other"), routes=[("t", "u")], asset=1)
    left = outlook_of(job, learnt, after(at)).job.seconds_left
    assert left == pytest.approx(25 + 7, rel=0.05)


def test_tasks_that_count_in_one_unit_are_summed() -> None:
    *_, (at, half) = list(Engine(100.0, steady(1.0)).life())[:250]
    other = replace(task("u", TaskState.RUNNING, started_at=after(0)), progress=half.progress)
    seen = outlook_of(graph(half, other), Learnt(), after(at)).job
    assert seen.done == pytest.approx(100)
    assert (seen.total, seen.unit) == (200.0, "s")
    assert seen.rate == pytest.approx(2.0, rel=0.02)


@pytest.mark.parametrize("state", [JobState.PAUSED, JobState.BLOCKED, JobState.CANCELLING])
def test_what_does_not_go_on_has_no_time_left(state: JobState) -> None:
    *_, (at, running) = list(Engine(100.0, steady(1.0)).life())[:250]
    assert outlook_of(graph(running, state=state), Learnt(), after(at)).job.seconds_left is None


def test_a_completed_job_has_nothing_left() -> None:
    *_, (_, last) = Engine(100.0, steady(1.0)).life()
    done = replace(last, state=TaskState.DONE)
    seen = outlook_of(graph(done, state=JobState.COMPLETED), Learnt(), after(500)).job
    assert (seen.done, seen.total, seen.seconds_left) == (100.0, 100.0, 0.0)


NUMBERS = st.floats(0, 1e9, allow_nan=False)
REPORTS = st.builds(
    Progress,
    feature=st.sampled_from([None, "A", "B"]),
    done=NUMBERS,
    total=st.none() | NUMBERS,
    unit=st.sampled_from(["s", "frames", BYTES]),
)
SPEEDS = st.builds(
    Speed,
    weight=st.floats(1, 5),
    units=NUMBERS,
    seconds=NUMBERS,
    squares=NUMBERS,
    products=NUMBERS,
)


@given(
    st.lists(st.tuples(REPORTS, st.floats(0, 1e6)), max_size=4),
    st.dictionaries(st.sampled_from(["s", "frames", BYTES]), SPEEDS),
    st.floats(0, 1e6),
)
def test_whatever_is_reported_and_learnt_time_left_is_never_negative(
    reports: list[tuple[Progress, float]], speeds: dict[str, Speed], silent: float
) -> None:
    running = task("t", TaskState.RUNNING, features=("A", "B"), started_at=after(0))
    learnt = Learnt({SpeedKey.of("noop", ("B", "A")): speeds}, {1: 10**9})
    at = 0.0
    for report, pause in reports:
        at += pause
        running = replace(running, progress=merge_progress(running.progress, [report], after(at)))
    look: JobGraph = graph(running, asset=AssetNumber(1))
    for each in [(seen := outlook_of(look, learnt, after(at + silent))).job, *seen.tasks.values()]:
        assert each.seconds_left is None or 0 <= each.seconds_left < 1e10
        assert each.rate is None or 0 < each.rate <= 1e12
