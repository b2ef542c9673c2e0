"""Ground truth is added, from jobs too, listed, edited, deleted; and who sees it."""

import pytest

from jobmill.core.errors import (
    Conflict,
    InvalidInput,
    JobmillError,
    JobNotEnded,
    JobNotFound,
    NotAllowed,
    OrganizationInUse,
    PipelineNotFound,
    TruthNotFound,
)
from jobmill.core.ids import JobId, JobNumber
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import JobInput, truths
from jobmill.core.jobs.service.truths.keeping import DOCUMENT_CAP
from jobmill.core.truths import (
    GroundTruth,
    Measured,
    Measurement,
    Pair,
    Role,
    TruthKind,
    TruthState,
    judge,
)
from tests.truths.clinic import ANIMALS, Clinic
from tests.truths.test_measuring import CAT, DOG


def listed(clinic: Clinic, **more: object) -> list[int]:
    found = clinic.do(lambda work: truths.list_truths(work, clinic.ours, **more))  # type: ignore[arg-type]
    return [each.number for each in found]


def edit(clinic: Clinic, truth: GroundTruth, **changes: object) -> GroundTruth:
    asked = truths.TruthChanges(**changes)  # type: ignore[arg-type]
    return clinic.do(lambda work: truths.edit_truth(work, clinic.ours, truth.id, asked, clinic.now))


def test_truths_are_listed_newest_first_by_pipeline_and_tag(clinic: Clinic) -> None:
    clinic.pipeline()
    clinic.pipeline("others")
    a, b = clinic.know("a", CAT, tag="easy"), clinic.know("b", DOG)
    c = clinic.know("c", CAT, "others", tag="easy")
    assert listed(clinic) == [c.number, b.number, a.number]
    assert listed(clinic, pipeline=ANIMALS) == [b.number, a.number]
    assert listed(clinic, tag="easy") == [c.number, a.number]
    assert listed(clinic, below=c.number, limit=1) == [b.number]
    assert listed(clinic, offset=1, limit=1) == [b.number]
    assert clinic.do(lambda work: truths.count_truths(work, clinic.ours, ANIMALS)) == 2


def test_a_truth_is_read_by_id_and_number(clinic: Clinic) -> None:
    clinic.pipeline()
    made = clinic.know("a", CAT, metadata={"source": "book"})
    for name in (made.id, str(made.number)):
        assert clinic.do(lambda work: truths.get_truth(work, clinic.ours, name)) == made  # noqa: B023
    assert (made.kind, made.state, made.used) == (TruthKind.OWNER, TruthState.ACTIVE, 0)
    assert (made.label, made.metadata) == (CAT, {"source": "book"})


def test_an_engines_answer_becomes_a_truth(clinic: Clinic) -> None:
    clinic.pipeline()
    graph = clinic.see_as("a", CAT)
    made = clinic.do(
        lambda work: truths.add_truth_of_job(work, clinic.ours, graph.job.number, clinic.now)
    )
    assert (made.label, made.kind, made.job) == (CAT, TruthKind.ENGINE, graph.job.number)
    assert made.input == graph.job.input
    clinic.see_as("a", DOG)
    assert clinic.rates(Role.ENGINE) == {"noop@1": (1, 0)}


def test_a_persons_answer_becomes_a_truth(clinic: Clinic) -> None:
    clinic.pipeline(threshold=1.0)
    graph = clinic.see_as("a", DOG)
    clinic.says(clinic.person("ann"), graph, CAT)
    made = clinic.do(
        lambda work: truths.add_truth_of_job(work, clinic.ours, graph.job.number, clinic.now)
    )
    assert (made.label, made.kind) == (CAT, TruthKind.REVIEWER)


def test_a_label_of_ones_own_goes_before_a_jobs_answer(clinic: Clinic) -> None:
    clinic.pipeline()
    graph = clinic.see_as("a", DOG)
    made = clinic.do(
        lambda work: truths.add_truth_of_job(
            work, clinic.ours, graph.job.number, clinic.now, label=CAT
        )
    )
    assert (made.label, made.kind, made.job) == (CAT, TruthKind.OWNER, graph.job.number)


def test_jobs_without_an_answer_make_no_truth(clinic: Clinic) -> None:
    clinic.pipeline()
    waiting = clinic.ask("a")
    with pytest.raises(JobNotEnded):
        clinic.do(
            lambda work: truths.add_truth_of_job(work, clinic.ours, waiting.job.number, clinic.now)
        )
    plain = clinic.job()
    with pytest.raises(Conflict, match="no pipeline"):
        clinic.do(
            lambda work: truths.add_truth_of_job(work, clinic.ours, plain.job.number, clinic.now)
        )
    with pytest.raises(JobNotFound):
        clinic.do(
            lambda work: truths.add_truth_of_job(work, clinic.ours, JobId("none"), clinic.now)
        )


def test_an_edited_truth_counts_from_then_on(clinic: Clinic) -> None:
    clinic.pipeline()
    made = clinic.know("a", CAT, tag="easy")
    clinic.see_as("a", DOG)
    edited = edit(clinic, made, label=DOG, tag="", metadata={"by": "ann"})
    assert (edited.label, edited.tag, edited.metadata) == (DOG, None, {"by": "ann"})
    clinic.see_as("a", DOG)
    assert clinic.rates() == {ANIMALS: (2, 1)}


def test_an_input_that_is_edited_is_another_input(clinic: Clinic) -> None:
    clinic.pipeline()
    made = clinic.know("a", CAT)
    edit(clinic, made, input=JobInput(json={"picture": "b"}))
    clinic.see_as("a", CAT)
    clinic.see_as("b", CAT)
    assert clinic.rates() == {ANIMALS: (1, 1)}


def test_of_two_truths_for_an_input_the_newer_counts(clinic: Clinic) -> None:
    clinic.pipeline()
    clinic.know("a", CAT)
    newer = clinic.know("a", DOG)
    clinic.see_as("a", DOG)
    assert clinic.rates() == {ANIMALS: (1, 1)}
    clinic.do(lambda work: truths.delete_truth(work, clinic.ours, newer.id, clinic.now))
    clinic.see_as("a", DOG)
    assert clinic.rates() == {ANIMALS: (2, 1)}


def test_a_deleted_truth_measures_nothing_and_can_be_read(clinic: Clinic) -> None:
    clinic.pipeline()
    made = clinic.know("a", CAT)
    clinic.do(lambda work: truths.delete_truth(work, clinic.ours, made.id, clinic.now))
    clinic.see_as("a", CAT)
    assert clinic.rates() == {}
    assert listed(clinic) == []
    assert listed(clinic, states=(TruthState.DELETED,)) == [made.number]
    read = clinic.do(lambda work: truths.get_truth(work, clinic.ours, made.id))
    assert read.state is TruthState.DELETED
    with pytest.raises(TruthNotFound):
        edit(clinic, made, label=DOG)
    with pytest.raises(TruthNotFound):
        clinic.do(lambda work: truths.delete_truth(work, clinic.ours, made.id, clinic.now))


def test_who_answers_finds_no_truth_but_their_own(clinic: Clinic) -> None:
    ann, ben = clinic.person("ann"), clinic.person("ben")
    clinic.pipeline()
    anns, ours = clinic.know("a", CAT, who=ann), clinic.know("b", CAT)
    assert [each.number for each in clinic.do(lambda work: truths.list_truths(work, ann))] == [
        anns.number
    ]
    assert listed(clinic) == [ours.number, anns.number]
    assert clinic.do(lambda work: truths.count_truths(work, ben)) == 0
    for who, truth in ((ann, ours), (ben, anns), (clinic.theirs, ours)):
        with pytest.raises(TruthNotFound):
            clinic.do(lambda work: truths.get_truth(work, who, truth.id))  # noqa: B023


def test_truths_need_rights(clinic: Clinic) -> None:
    clinic.pipeline()
    with pytest.raises(NotAllowed):
        clinic.know("a", CAT, who=clinic.without_rights())
    with pytest.raises(NotAllowed):
        clinic.do(lambda work: truths.list_truths(work, clinic.without_rights()))


@pytest.mark.parametrize(
    ("pipeline", "given", "label", "refusal", "field"),
    [
        ("none", JobInput(json=1), CAT, PipelineNotFound, "pipeline"),
        (ANIMALS, JobInput(), CAT, InvalidInput, "input"),
        (ANIMALS, JobInput(json=1, url="http://a.example"), CAT, InvalidInput, "input"),
        (ANIMALS, JobInput(json=1), None, InvalidInput, "label"),
        (ANIMALS, JobInput(json=1), "x" * DOCUMENT_CAP, InvalidInput, "label"),
        (ANIMALS, JobInput(json="x" * DOCUMENT_CAP), CAT, InvalidInput, "input"),
    ],
)
def test_a_refusal_names_the_field(
    clinic: Clinic, pipeline: str, given: JobInput, label: object, refusal: type[JobmillError],
    field: str,
) -> None:  # fmt: skip
    clinic.pipeline()
    with pytest.raises(refusal) as raised:
        clinic.do(
            lambda work: truths.add_truth(work, clinic.ours, pipeline, given, label, clinic.now)
        )
    assert raised.value.field == field


def test_an_organization_goes_with_what_was_measured_and_deleted(clinic: Clinic) -> None:
    theirs, judged = clinic.theirs, judge(CAT, CAT)
    made = clinic.do(
        lambda work: truths.add_truth(work, theirs, "indexing", JobInput(json=1), CAT, clinic.now)
    )
    measurement = Measurement(
        theirs.organization, "indexing", JobNumber(1), made.number,
        [Measured(Role.OUTPUT, "", judged)],
        [Pair(theirs.user, theirs.user, agreed=True, score=1.0)],
    )  # fmt: skip
    clinic.do(lambda work: work.quality.put(measurement, clinic.now))

    def remove(work: UnitOfWork) -> None:
        if not work.accounts.remove_organization(theirs.organization):
            raise OrganizationInUse

    with pytest.raises(OrganizationInUse):
        clinic.do(remove)
    clinic.do(lambda work: truths.delete_truth(work, theirs, made.id, clinic.now))
    clinic.do(remove)
    for table in ("ground_truth", "measure", "measure_field", "agreement"):
        assert clinic.db.value(f"SELECT count(*) FROM {table}") == 0
