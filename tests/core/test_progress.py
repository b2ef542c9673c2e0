"""Progress never falls, and is 100 at completion only."""

from hypothesis import given
from hypothesis import strategies as st

from jobmill.core.engines import Progress
from jobmill.core.jobs.progress import (
    feature_percent,
    job_percent,
    merge_progress,
    task_percent,
)
from jobmill.core.jobs.states import TaskState
from tests.core.graphs import NOW, after, task

NUMBERS = st.floats(0, 1e9, allow_nan=False)
REPORTS = st.builds(
    Progress,
    feature=st.sampled_from([None, "A", "B"]),
    done=NUMBERS,
    total=st.none() | NUMBERS,
    unit=st.sampled_from(["s", "frames"]),
)


@given(st.lists(REPORTS, max_size=20))
def test_no_series_of_reports_takes_back_what_was_shown(reports: list[Progress]) -> None:
    running = task("t", TaskState.RUNNING, features=("A", "B"))
    shown = {"A": 0, "B": 0}
    progress: dict[str, object] = {}
    for report in reports:
        progress = dict(merge_progress(progress, [report], NOW))  # type: ignore[arg-type]
        running = task("t", TaskState.RUNNING, features=("A", "B"), progress=progress)
        for feature, before in shown.items():
            shown[feature] = feature_percent(running, feature)
            assert before <= shown[feature] <= 99
        assert task_percent(running) <= job_percent([running], completed=False) <= 99


@given(st.lists(REPORTS, max_size=10))
def test_reports_folded_one_by_one_or_together_come_to_the_same(reports: list[Progress]) -> None:
    one_by_one = merge_progress({}, [], NOW)
    for report in reports:
        one_by_one = merge_progress(one_by_one, [report], NOW)
    assert one_by_one == merge_progress({}, reports, NOW)


def test_a_total_that_turns_out_larger_is_kept_back_until_it_shows_more() -> None:
    first = merge_progress({}, [Progress("A", 50, 100, "s")], NOW)
    behind = merge_progress(first, [Progress("A", 60, 1000, "s")], after(1))
    assert (behind["A"].done, behind["A"].total) == (50, 100)
    assert behind["A"].updated_at == after(1)
    assert behind["A"].started_at == NOW
    ahead = merge_progress(behind, [Progress("A", 600, 1000, "s")], after(2))
    assert (ahead["A"].done, ahead["A"].total) == (600, 1000)


def test_a_report_without_a_total_keeps_the_known_one() -> None:
    first = merge_progress({}, [Progress(None, 5, 10, "s")], NOW)
    assert merge_progress(first, [Progress(None, 7, None, "s")], NOW)[""].total == 10


def test_work_without_a_total_counts_up_and_shows_nothing() -> None:
    merged = merge_progress({}, [Progress(None, 5, None, "s"), Progress(None, 3, None, "s")], NOW)
    assert merged[""].done == 5
    assert task_percent(task("t", TaskState.RUNNING, progress=merged)) == 0


def test_only_a_done_task_and_a_completed_job_show_a_hundred() -> None:
    full = merge_progress({}, [Progress(None, 10, 10, "s")], NOW)
    running = task("a", TaskState.RUNNING, progress=full)
    done = task("b", TaskState.DONE)
    assert task_percent(running) == 99
    assert task_percent(done) == 100
    assert job_percent([running, done], completed=False) == 99
    assert job_percent([done, done], completed=False) == 99, "the job has not said so yet"
    assert job_percent([done, task("c", TaskState.FAILED)], completed=True) == 100
    assert job_percent([], completed=False) == 0


def test_a_jobs_progress_is_the_mean_of_its_tasks() -> None:
    half = merge_progress({}, [Progress(None, 1, 2, "s")], NOW)
    tasks = [
        task("a", TaskState.DONE),
        task("b", TaskState.RUNNING, progress=half),
        task("c", TaskState.WAITING),
    ]
    assert job_percent(tasks, completed=False) == 50
