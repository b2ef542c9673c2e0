"""What every MarkStore must do, and the lists of jobs that are narrowed by marks."""

from dataclasses import replace

import pytest

from jobmill.core.ids import JobNumber
from jobmill.core.jobs.marking import PLAIN, JobKind, JobMark
from jobmill.core.jobs.pages import JobPage
from jobmill.core.jobs.ports import JobQuery, UnitOfWork
from tests.adapters.stores.seeds import add_job, new_job, owner
from tests.core.graphs import after

RIGHT, WRONG = JobMark(correct=True), JobMark(correct=False)
DRAWN = JobMark(JobKind.CALIBRATION, None, 7)
FIRST = JobMark(JobKind.ONBOARDING, True)
ALL = tuple(JobKind)
NOT_DRAWN = (JobKind.DEFAULT, JobKind.ONBOARDING)


def marked_jobs(work: UnitOfWork) -> list[JobNumber]:
    """A job of each mark, and a plain one first."""
    marks = [PLAIN, RIGHT, WRONG, DRAWN, FIRST]
    new = [replace(new_job(work, at=after(i)), mark=mark) for i, mark in enumerate(marks)]
    return [*(work.jobs.add(each).job.number for each in new[:3]), *work.jobs.add_many(new[3:])]


class MarkStoreConformance:
    """The suite."""

    def test_a_job_has_the_mark_it_was_made_with(self, work: UnitOfWork) -> None:
        plain, right, wrong, drawn, first = marked_jobs(work)
        assert work.marks.get(plain) == PLAIN
        expected = {right: RIGHT, wrong: WRONG, drawn: DRAWN, first: FIRST}
        assert work.marks.of([plain, right, wrong, drawn, first]) == expected

    def test_a_mark_is_written_over_and_goes_with_its_job(self, work: UnitOfWork) -> None:
        job = add_job(work).job.number
        work.marks.put(job, DRAWN)
        work.marks.put(job, RIGHT)
        assert work.marks.get(job) == RIGHT
        work.jobs.remove(job)
        assert work.marks.of([job]) == {}

    @pytest.mark.parametrize(
        ("correct", "kinds", "places"),
        [
            (None, None, [4, 3, 2, 1, 0]),
            (None, ALL, [4, 3, 2, 1, 0]),
            (True, None, [4, 1]),
            (False, None, [2]),
            (None, (JobKind.CALIBRATION,), [3]),
            (None, (JobKind.CALIBRATION, JobKind.ONBOARDING), [4, 3]),
            (None, NOT_DRAWN, [4, 2, 1, 0]),
            (None, (JobKind.DEFAULT,), [2, 1, 0]),
            (True, (JobKind.DEFAULT,), [1]),
            (True, (JobKind.ONBOARDING,), [4]),
            (False, (JobKind.ONBOARDING,), []),
            (None, (), []),
        ],
    )
    @pytest.mark.parametrize("tags", [(), ("x",)])
    def test_jobs_are_listed_by_their_marks(
        self,
        work: UnitOfWork,
        correct: bool | None,
        kinds: tuple[JobKind, ...] | None,
        places: list[int],
        tags: tuple[str, ...],
    ) -> None:
        jobs = marked_jobs(work)
        for job in jobs:
            graph = work.jobs.graph(job)
            assert graph is not None
            work.jobs.describe(graph.job, replace(graph.job, tags=tags))
        organization, user = owner(work)
        query = JobQuery(organization, tags=tags, correct=correct, kinds=kinds)
        wanted = [jobs[place] for place in places]
        for seen_by in (None, user):
            seen = replace(query, seen_by=seen_by)
            assert [each.job.number for each in work.jobs.find(seen)] == wanted
            assert work.jobs.count(seen) == len(wanted)
            below = JobNumber(jobs[-1] + 1)
            assert [number for _, number in work.jobs.places(seen, below)] == wanted
        page = JobPage(organization, tags=tags, correct=correct, kinds=kinds, limit=2)
        assert work.jobs.page(page) == wanted[:2]
        assert work.jobs.page_size(page) == len(wanted)
