"""Calibrations are drawn from ground truth, and look like any other job to who answers them."""

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import pytest

from jobmill.core.accounts import Principal
from jobmill.core.errors import AssetNotFound, InvalidInput, NotAllowed, PipelineNotFound
from jobmill.core.ids import BatchNumber, new_id
from jobmill.core.jobs import service
from jobmill.core.jobs.batches import BatchState
from jobmill.core.jobs.marking import JobKind
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import JobQuery, UnitOfWork
from jobmill.core.jobs.service import JobInput, SubmitJob, reviews, truths
from jobmill.core.jobs.service.batches import create_batch
from jobmill.core.jobs.service.read_jobs import JobView
from jobmill.core.jobs.service.row_making import RowMaker
from jobmill.core.jobs.service.share_job import Collaborator
from jobmill.core.truths import Role
from tests.truths.clinic import ANIMALS, STEP, Clinic
from tests.truths.test_measuring import CAT, DOG


def draw(clinic: Clinic, count: int, **more: object) -> list[JobGraph]:
    made = clinic.do(
        lambda work: truths.calibrate(
            work, clinic.outside, clinic.ours, ANIMALS, count, clinic.now, **more  # type: ignore[arg-type]
        )
    )  # fmt: skip
    return [each.graph for each in made]


def views(clinic: Clinic, who: Principal) -> dict[int, JobView]:
    query = JobQuery(who.organization)
    found = clinic.do(
        lambda work: service.list_jobs(work, clinic.outside.catalog, who, query, clinic.now)
    )
    return {view.graph.job.number: view for view in found}


def test_calibrations_measure_who_answers_them(clinic: Clinic) -> None:
    ann = clinic.person("ann")
    clinic.pipeline(threshold=1.0)
    clinic.ask("seen", shared=(Collaborator(user="*", steps=(STEP,)),))
    clinic.work_off(DOG)
    clinic.know("a", CAT)
    (graph,) = draw(clinic, 1)
    clinic.work_off(DOG)
    clinic.says(ann, graph, CAT)
    assert clinic.rates(Role.PERSON) == {"ann": (1, 1)}
    assert clinic.rates(Role.ENGINE) == {"noop@1": (1, 0)}


def test_calibrations_are_jobs_of_the_truths_inputs(clinic: Clinic) -> None:
    clinic.pipeline()
    known = {clinic.know(picture, CAT).number: picture for picture in "abc"}
    made = draw(clinic, 3)
    marks = clinic.do(lambda work: work.marks.of([graph.job.number for graph in made]))
    assert {mark.kind for mark in marks.values()} == {JobKind.CALIBRATION}
    drawn = {marks[graph.job.number].truth: graph.job.input for graph in made}
    assert drawn == {n: {"json": {"picture": picture}} for n, picture in known.items()}


def test_the_least_used_are_drawn_first(clinic: Clinic) -> None:
    clinic.pipeline()
    for picture in "abcd":
        clinic.know(picture, CAT)
    first, second = draw(clinic, 3), draw(clinic, 1)
    pictures = [graph.job.input["json"]["picture"] for graph in (*first, *second)]
    assert sorted(pictures) == ["a", "b", "c", "d"]
    used = clinic.do(lambda work: [t.used for t in truths.list_truths(work, clinic.ours)])
    assert used == [1, 1, 1, 1]


def test_only_those_of_a_tag_are_drawn_if_one_is_given(clinic: Clinic) -> None:
    clinic.pipeline()
    for picture, tag in (("a", "easy"), ("b", "hard"), ("c", "hard")):
        clinic.know(picture, CAT, tag=tag)
    pictures = {graph.job.input["json"]["picture"] for graph in draw(clinic, 2, tag="hard")}
    assert pictures == {"b", "c"}


def test_nobody_but_an_admin_can_tell_a_calibration(clinic: Clinic) -> None:
    ann = clinic.person("ann")
    clinic.pipeline(threshold=1.0)
    shared = (Collaborator(user="*", steps=(STEP,)),)
    later = clinic.now + timedelta(hours=1)
    looks: dict[str, Any] = {"tags": ("week 7",), "priority": 10, "due": later}
    looks |= {"expires_at": later, "retain_until": later}
    plain = clinic.ask("seen", shared=shared, who=clinic.person("maker"), **looks)
    clinic.know("a", CAT)
    (drawn,) = draw(clinic, 1)
    clinic.work_off(DOG)
    seen = views(clinic, ann)
    one, other = seen[plain.job.number], seen[drawn.job.number]
    assert one.mark == other.mark
    for name in (
        "type",
        "tags",
        "priority",
        "origin",
        "name",
        "metadata",
        "owner",
        "due",
        "extras",
    ):
        assert getattr(one.graph.job, name) == getattr(other.graph.job, name), name
    first, second = (
        clinic.do(lambda work: reviews.open_reviews(work, ann, [n], clinic.now))[n]  # noqa: B023
        for n in (plain.job.number, drawn.job.number)
    )
    assert first[0].review.spec == second[0].review.spec
    assert (first[0].may_answer, second[0].may_answer) == (True, True)
    mark = views(clinic, clinic.ours)[drawn.job.number].mark
    assert mark.kind is JobKind.CALIBRATION
    assert mark.truth is not None


def test_where_regular_jobs_come_in_batches_calibrations_do_too(clinic: Clinic) -> None:
    clinic.pipeline()
    clinic.know("a", CAT)
    clinic.ask("seen")
    assert [graph.job.batch for graph in draw(clinic, 1)] == [None]
    row = SubmitJob(JobInput(json={"picture": "seen"}), pipeline=ANIMALS)
    batch = clinic.do(
        lambda work: create_batch(work, clinic.outside, clinic.ours, None, [row], clinic.now)
    )
    (drawn,) = draw(clinic, 1)
    assert drawn.job.batch not in (None, batch.number)


def test_the_batch_of_calibrations_looks_like_that_of_regular_jobs(clinic: Clinic) -> None:
    def look(work: UnitOfWork, number: BatchNumber) -> dict[str, object]:
        own = ("number", "id", "created_at", "job")
        found = asdict(work.batches.get(number))
        return {name: value for name, value in found.items() if name not in own}

    def read_from_a_file(work: UnitOfWork) -> BatchNumber:
        ours = clinic.ours
        number = work.batches.begin(
            ours.organization, ours.user, "march", ANIMALS, None, clinic.now, strict=False
        )
        begun = work.batches.get(number)
        work.batches.save(replace(begun, state=BatchState.READY, size=1, total=1, processed=1))
        row = SubmitJob(JobInput(json={"picture": "seen"}), pipeline=ANIMALS)
        maker = RowMaker(work, clinic.outside, ours, number, clinic.now)
        maker.add(row, new_id())
        maker.make()
        return number

    clinic.pipeline()
    clinic.know("a", CAT)
    regular = clinic.do(read_from_a_file)
    (drawn,) = draw(clinic, 1)
    batch = drawn.job.batch
    assert batch not in (None, regular)
    assert batch is not None
    assert clinic.do(lambda work: look(work, batch)) == clinic.do(lambda work: look(work, regular))


def test_calibrations_run_and_are_told_of_like_other_jobs(clinic: Clinic) -> None:
    clinic.pipeline()
    clinic.know("a", CAT)
    plain = clinic.ask("seen")
    (drawn,) = draw(clinic, 1)
    clinic.work_off(CAT)
    assert clinic.events(drawn) == clinic.events(plain)
    assert clinic.state(drawn) == "completed"


def test_a_job_whose_output_was_found_right_is_a_regular_one(clinic: Clinic) -> None:
    clinic.pipeline()
    clinic.know("a", CAT)
    clinic.see_as("seen", CAT, tags=("old",))
    newest = clinic.see_as("seen", CAT, tags=("new",))
    clinic.do(lambda work: service.mark_job(work, clinic.ours, newest.job.number, True, clinic.now))
    assert [graph.job.tags for graph in draw(clinic, 1)] == [("new",)]


def test_calibrations_have_the_names_of_the_jobs_behind_their_truths(clinic: Clinic) -> None:
    clinic.pipeline()
    graph = clinic.see_as("a", CAT, name="holiday.jpg")
    clinic.do(lambda work: truths.add_truth_of_job(work, clinic.ours, graph.job.number, clinic.now))
    assert [each.job.name for each in draw(clinic, 1)] == ["holiday.jpg"]


def test_collaborators_of_ones_own_go_before_those_of_other_jobs(clinic: Clinic) -> None:
    clinic.person("ann")
    clinic.pipeline(threshold=1.0)
    clinic.ask("seen")
    clinic.know("a", CAT)
    (drawn,) = draw(clinic, 1, collaborators=[Collaborator(user="ann", steps=(STEP,))])
    shares = clinic.do(lambda work: work.shares.of_job(drawn.job.number))
    assert [share.steps for share in shares] == [(STEP,)]
    assert shares[0].user is not None


def test_more_than_there_are_cannot_be_drawn(clinic: Clinic) -> None:
    clinic.pipeline()
    clinic.know("a", CAT)
    with pytest.raises(InvalidInput, match="there are 1"):
        draw(clinic, 2)
    with pytest.raises(InvalidInput, match="1 to 200"):
        draw(clinic, 0)


def test_only_admins_draw(clinic: Clinic) -> None:
    ann = clinic.person("ann")
    clinic.pipeline()
    with pytest.raises(NotAllowed):
        clinic.do(lambda work: truths.calibrate(work, clinic.outside, ann, ANIMALS, 1, clinic.now))
    with pytest.raises(PipelineNotFound):
        clinic.do(
            lambda work: truths.calibrate(work, clinic.outside, clinic.ours, "x", 1, clinic.now)
        )


def test_an_input_that_is_gone_names_its_truth_and_nothing_is_drawn(clinic: Clinic) -> None:
    clinic.pipeline()
    clinic.know("a", CAT)
    gone = clinic.do(
        lambda work: truths.add_truth(
            work, clinic.ours, ANIMALS, JobInput(asset="none"), CAT, clinic.now
        )
    )
    with pytest.raises(AssetNotFound) as raised:
        draw(clinic, 2)
    assert gone.id in raised.value.message
    used = clinic.do(lambda work: [t.used for t in truths.list_truths(work, clinic.ours)])
    assert used == [0, 0]


def test_a_calibration_is_measured_against_its_own_truth(clinic: Clinic) -> None:
    clinic.pipeline()
    clinic.know("a", CAT)
    draw(clinic, 1)
    clinic.know("a", DOG)
    clinic.work_off(CAT)
    assert clinic.rates() == {ANIMALS: (1, 1)}
