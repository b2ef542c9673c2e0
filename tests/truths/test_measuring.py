"""Engines, people and outputs beside known answers, as jobs end."""

from datetime import timedelta
from typing import Any

import pytest

from jobmill.core.errors import InvalidInput, NotAllowed, PipelineNotFound
from jobmill.core.jobs import service
from jobmill.core.jobs.service import JobInput, SubmitJob, truths
from jobmill.core.truths import Role, Width
from tests.truths.clinic import ANIMALS, Clinic

CAT, DOG = {"label": "cat"}, {"label": "dog"}


def test_an_engine_is_measured_where_the_answer_is_known(clinic: Clinic) -> None:
    clinic.pipeline()
    clinic.know("a", CAT)
    clinic.know("b", CAT)
    clinic.see_as("a", CAT)
    clinic.see_as("b", DOG)
    clinic.see_as("unknown", DOG)
    assert clinic.rates(Role.ENGINE) == {"noop@1": (2, 1)}
    assert clinic.rates() == {ANIMALS: (2, 1)}


def test_another_pipelines_truth_is_none(clinic: Clinic) -> None:
    clinic.pipeline()
    clinic.pipeline("others")
    clinic.know("a", CAT, "others")
    clinic.see_as("a", CAT)
    assert clinic.rates() == {}


def test_the_order_of_an_inputs_members_does_not_matter(clinic: Clinic) -> None:
    clinic.pipeline()
    clinic.know_input({"picture": "a", "size": 1.0}, CAT)
    command = SubmitJob(JobInput(json={"size": 1, "picture": "a"}), pipeline=ANIMALS)
    clinic.do(
        lambda work: service.submit_job(work, clinic.outside, clinic.ours, command, clinic.now)
    )
    clinic.work_off(CAT)
    assert clinic.rates() == {ANIMALS: (1, 1)}


def test_people_are_measured_by_what_they_stand_for(clinic: Clinic) -> None:
    ann, ben = clinic.person("ann"), clinic.person("ben")
    clinic.pipeline(threshold=1.0)
    for picture in "ab":
        clinic.know(picture, CAT)
    clinic.says(ann, clinic.see_as("a", DOG), CAT)
    clinic.says(ben, clinic.see_as("b", DOG))
    assert clinic.rates(Role.PERSON) == {"ann": (1, 1), "ben": (1, 0)}
    assert clinic.rates(Role.ENGINE) == {"noop@1": (2, 0)}
    assert clinic.rates() == {ANIMALS: (2, 1)}


def test_who_answers_behind_another_stands_for_what_was_made_of_it(clinic: Clinic) -> None:
    ann, ben = clinic.person("ann"), clinic.person("ben")
    clinic.pipeline(people=2)
    clinic.know("a", CAT)
    graph = clinic.see_as("a", DOG)
    clinic.says(ann, graph, CAT)
    clinic.says(ben, graph)
    assert clinic.rates(Role.PERSON) == {"ann": (1, 1), "ben": (1, 1)}
    assert clinic.quality(Role.PERSON).together.pairs == 0  # ben saw what ann had made of it


def test_what_is_sent_back_is_no_answer(clinic: Clinic) -> None:
    ann = clinic.person("ann")
    clinic.pipeline(threshold=1.0)
    clinic.know("a", CAT)
    graph = clinic.see_as("a", DOG)
    review = clinic.review(graph)
    clinic.take(ann, review)
    clinic.send_back(ann, review)
    clinic.work_off(CAT)
    clinic.says(ann, graph)
    assert clinic.rates(Role.PERSON) == {"ann": (1, 1)}
    assert clinic.rates(Role.ENGINE) == {"noop@1": (1, 1)}


def test_a_job_that_nobody_was_asked_about_measures_no_person(clinic: Clinic) -> None:
    clinic.pipeline(threshold=0.5)
    clinic.know("a", CAT)
    clinic.see_as("a", {**CAT, "confidence": 0.9})
    assert clinic.rates(Role.PERSON) == {}
    assert clinic.rates() == {ANIMALS: (1, 1)}


def test_people_who_answer_apart_agree_or_not(clinic: Clinic) -> None:
    ann, ben, cid = (clinic.person(name) for name in ("ann", "ben", "cid"))
    clinic.pipeline(people=3, agreement="consensus")
    graph = clinic.see_as("a", DOG)
    clinic.says(ann, graph, CAT)
    clinic.says(ben, graph)
    clinic.says(cid, graph, CAT)
    found = clinic.quality(Role.PERSON)
    assert (found.together.pairs, found.together.agreed) == (3, 1)
    by_name = {each.name: (each.together.pairs, each.together.agreed) for each in found.subjects}
    assert by_name == {"ann": (2, 1), "ben": (2, 0), "cid": (2, 1)}
    assert {each.accuracy.measured for each in found.subjects} == {0}


def test_who_decides_between_others_agrees_with_nobody(clinic: Clinic) -> None:
    ann, ben, cid = (clinic.person(name) for name in ("ann", "ben", "cid"))
    clinic.pipeline(people=2, agreement="consensus")
    clinic.know("a", CAT)
    graph = clinic.see_as("a", DOG)
    clinic.says(ann, graph, CAT)
    clinic.says(ben, graph)
    clinic.says(cid, graph, CAT)
    found = clinic.quality(Role.PERSON)
    assert (found.together.pairs, found.together.agreed) == (1, 0)
    assert clinic.rates(Role.PERSON) == {"ann": (1, 1), "ben": (1, 0), "cid": (1, 1)}
    assert clinic.rates() == {ANIMALS: (1, 1)}


def test_people_who_do_not_agree_may_do_so_in_some_fields(clinic: Clinic) -> None:
    ann, ben = clinic.person("ann"), clinic.person("ben")
    clinic.pipeline(people=2, agreement="consensus")
    for picture, ann_says, ben_says in (
        ("a", {**CAT, "legs": 4}, {**CAT, "legs": 3}),
        ("b", {**CAT, "legs": 4}, {**CAT, "legs": 4}),
    ):
        graph = clinic.see_as(picture, DOG)
        clinic.says(ann, graph, ann_says)
        clinic.says(ben, graph, ben_says)
        if clinic.state(graph) == "blocked":
            clinic.says(clinic.ours, graph, CAT)
    found = clinic.quality(Role.PERSON)
    assert (found.together.pairs, found.together.agreed, found.together.score) == (2, 1, 0.75)
    assert {each.name: each.together.score for each in found.subjects} == {
        "ann": 0.75,
        "ben": 0.75,
    }


def test_labels_that_are_taken_for_others_are_counted(clinic: Clinic) -> None:
    clinic.pipeline()
    for picture, given in (("a", CAT), ("b", DOG), ("c", DOG), ("d", {})):
        clinic.know(picture, CAT)
        clinic.see_as(picture, given)
    (found,) = clinic.quality(Role.ENGINE).subjects
    table = {(each.field, each.truth, each.given): each.count for each in found.confusion}
    assert table == {
        ("/label", "cat", "cat"): 1,
        ("/label", "cat", "dog"): 2,
        ("/label", "cat", None): 1,
    }
    (field,) = found.fields
    assert (field.field, field.measured, field.correct, field.words) == ("/label", 4, 1, 1)


def test_objects_have_a_score_field_by_field(clinic: Clinic) -> None:
    clinic.pipeline()
    clinic.know("a", {"vendor": "Ada", "total": 12.5})
    clinic.see_as("a", {"vendor": "Ada", "total": 13})
    (found,) = clinic.quality().subjects
    assert (found.accuracy.correct, found.accuracy.score) == (0, 0.5)
    assert {each.field: each.correct for each in found.fields} == {"/vendor": 1, "/total": 0}


def test_quality_over_time_begins_weeks_with_monday(clinic: Clinic) -> None:
    clinic.pipeline()
    clinic.know("a", CAT)
    start = clinic.now
    for document in (DOG, CAT, CAT):
        clinic.see_as("a", document)
        clinic.now += timedelta(days=7)
    (found,) = clinic.quality(width=Width.WEEK).subjects
    assert [each.start.weekday() for each in found.periods] == [0, 0, 0]
    assert [each.accuracy.correct for each in found.periods] == [0, 1, 1]
    (days,) = clinic.quality(width=Width.DAY).subjects
    assert days.periods[0].start == start.date()
    (months,) = clinic.quality(width=Width.MONTH).subjects
    assert {each.start.day for each in months.periods} == {1}
    later: dict[str, Any] = {"since": start + timedelta(days=1), "until": start + timedelta(days=8)}
    assert clinic.rates(**later) == {ANIMALS: (1, 1)}


def test_a_job_that_runs_again_counts_once_as_it_ended_last(clinic: Clinic) -> None:
    clinic.pipeline()
    clinic.know("a", CAT)
    graph = clinic.see_as("a", DOG)
    clinic.do(lambda work: service.restart_job(work, clinic.ours, graph.job.number, clinic.now))
    clinic.work_off(CAT)
    assert clinic.rates() == {ANIMALS: (1, 1)}


def test_measurements_outlive_the_job(clinic: Clinic) -> None:
    clinic.pipeline()
    clinic.know("a", CAT)
    graph = clinic.see_as("a", CAT)
    clinic.do(lambda work: service.delete_job(work, clinic.ours, graph.job.number, clinic.now))
    clinic.do(lambda work: service.purge_job(work, graph.job.number, clinic.now))
    assert clinic.do(lambda work: work.jobs.graph(graph.job.number)) is None
    assert clinic.rates() == {ANIMALS: (1, 1)}


def test_a_pipeline_that_is_renamed_keeps_its_truths_and_its_quality(clinic: Clinic) -> None:
    clinic.pipeline("pets")
    clinic.know("a", CAT, "pets")
    clinic.see_as("a", CAT, pipeline="pets")
    clinic.rename("pets", ANIMALS)
    clinic.see_as("a", DOG)
    assert clinic.rates() == {ANIMALS: (2, 1)}


def test_only_admins_see_quality(clinic: Clinic) -> None:
    clinic.pipeline()
    ann = clinic.person("ann")
    with pytest.raises(NotAllowed):
        clinic.do(lambda work: truths.pipeline_quality(work, ann, ANIMALS))


def test_quality_of_nothing_known_is_refused(clinic: Clinic) -> None:
    with pytest.raises(PipelineNotFound):
        clinic.quality()
    clinic.pipeline()
    assert clinic.quality().subjects == []
    with pytest.raises(InvalidInput, match="to:"):
        clinic.quality(since=clinic.now, until=clinic.now)


def test_one_subject_can_be_asked_for(clinic: Clinic) -> None:
    ann, ben = clinic.person("ann"), clinic.person("ben")
    clinic.pipeline(threshold=1.0)
    clinic.know("a", CAT)
    for who in (ann, ben):
        clinic.says(who, clinic.see_as("a", CAT))
    assert clinic.rates(Role.PERSON, subject="ben") == {"ben": (1, 1)}
    assert clinic.rates(Role.ENGINE, subject="noop@1") == {"noop@1": (2, 2)}
    assert clinic.rates(Role.ENGINE, subject="noop@2") == {}
