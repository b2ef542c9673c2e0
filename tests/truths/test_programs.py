"""Ground truth of programs: typed inputs and labels, the task that answers, outputs people edit."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from jobmill.core.errors import InvalidInput
from jobmill.core.jobs import service
from jobmill.core.jobs.marking import JobKind
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import JobInput, SubmitJob, truths
from jobmill.core.jobs.service.output import edit_output
from jobmill.core.pipelines import PipelineDefinition, Program, save_pipeline
from jobmill.core.results import Provenance
from jobmill.core.truths import GroundTruth, Role, TruthKind
from tests.core.graphs import ListedEngines, engine
from tests.life.installation import Held
from tests.reviews.desk import EVERYBODY
from tests.truths.clinic import ANIMALS, Clinic

CAT, DOG = {"label": "cat"}, {"label": "dog"}
PROGRAM = Program(
    input_schema={
        "type": "object",
        "required": ["picture"],
        "properties": {"picture": {"type": "string"}, "zoom": {"type": "integer"}},
    },
    output_schema={
        "type": "object",
        "required": ["label"],
        "properties": {"label": {"enum": ["cat", "dog"]}},
        "additionalProperties": False,
    },
    params={"look.echo": "/zoom"},
    answer="check",
    workers={"threshold": 0.5},
)


class Practice(Clinic):
    """look → shape → check, and a side task that nobody reads."""

    def __init__(self) -> None:
        super().__init__()
        catalog = ListedEngines([engine("noop"), engine("answers")])
        self.outside = replace(self.outside, catalog=catalog)

    def provenance(self, held: Held) -> Provenance:
        """By its own name, each engine."""
        return Provenance(self.graph(held.job).task(held.task).engine, "1", {}, None)

    def program(self, shape: str = "answers", *, looks: bool = True) -> None:
        tasks: list[dict[str, Any]] = [
            {"name": "shape", "engine": shape},
            {"name": "check", "review": {"step": "labels"}},
            {"name": "look", "engine": "noop"},
        ]
        routes = [{"from": "shape", "to": "check"}]
        if looks:
            routes.append({"from": "look", "to": "shape"})
        made = PipelineDefinition(tasks=tuple(tasks), routes=tuple(routes))

        def save(work: UnitOfWork) -> None:
            save_pipeline(
                work.pipelines, self.outside.catalog, self.ours, ANIMALS, made, self.now,
                create=True, program=PROGRAM,
            )  # fmt: skip

        self.do(save)

    def sees(self, picture: str, document: Any, **more: Any) -> JobGraph:
        command = SubmitJob(
            JobInput(json={"picture": picture, **more}), pipeline=ANIMALS, collaborators=EVERYBODY
        )
        graph = self.do(
            lambda work: service.submit_job(work, self.outside, self.ours, command, self.now)
        ).graph
        self.work_off(document)
        return self.graph(graph.job.number)

    def keep(self, graph: JobGraph) -> GroundTruth:
        return self.do(
            lambda work: truths.add_truth_of_job(work, self.ours, graph.job.number, self.now)
        )


@pytest.fixture
def practice() -> Iterator[Practice]:
    made = Practice()
    yield made
    made.close()


def test_the_answer_is_that_of_the_task_that_the_program_names(practice: Practice) -> None:
    practice.program()
    practice.know("a", CAT)
    practice.sees("a", {**CAT, "confidence": 0.9})
    assert practice.rates() == {ANIMALS: (1, 1)}


def test_what_only_shapes_an_answer_is_not_credited_with_it(practice: Practice) -> None:
    practice.program()
    practice.know("a", CAT)
    practice.sees("a", {**CAT, "confidence": 0.9})
    assert practice.rates(Role.ENGINE) == {"noop@1": (1, 1)}


def test_people_who_get_an_empty_form_are_measured_and_no_engine_is(practice: Practice) -> None:
    practice.program(looks=False)
    practice.know("a", CAT)
    graph = practice.sees("a", {"confidence": 0.0})
    practice.says(practice.person("ann"), graph, CAT)
    assert practice.rates(Role.PERSON) == {"ann": (1, 1)}
    assert practice.rates(Role.ENGINE) == {}


@pytest.mark.parametrize(
    ("given", "label", "field"),
    [
        ({"zoom": 1}, CAT, "input.picture"),
        ({"picture": 7}, CAT, "input.picture"),
        ({"picture": "a"}, {"label": "cow"}, "label.label"),
        ({"picture": "a"}, {}, "label.label"),
        ({"picture": "a"}, {**CAT, "more": 1}, "label.more"),
    ],
)
def test_what_breaks_a_schema_is_refused_with_its_place(
    practice: Practice, given: Any, label: Any, field: str
) -> None:
    practice.program()
    with pytest.raises(InvalidInput) as raised:
        practice.know_input(given, label)
    assert raised.value.field == field


def test_an_edit_that_breaks_a_schema_is_refused(practice: Practice) -> None:
    practice.program()
    made = practice.know("a", CAT)
    for changes in (truths.TruthChanges(label=1), truths.TruthChanges(input=JobInput(json=1))):
        with pytest.raises(InvalidInput):
            practice.do(
                lambda work: truths.edit_truth(work, practice.ours, made.id, changes, practice.now)  # noqa: B023
            )


def test_the_output_without_its_confidence_becomes_a_truth(practice: Practice) -> None:
    practice.program()
    made = practice.keep(practice.sees("a", {**CAT, "confidence": 0.9}))
    assert (made.label, made.kind) == (CAT, TruthKind.ENGINE)


def test_an_output_that_was_edited_is_a_persons_word(practice: Practice) -> None:
    practice.program()
    graph = practice.sees("a", {**CAT, "confidence": 0.9})
    practice.do(lambda work: edit_output(work, practice.ours, graph.job.number, DOG, practice.now))
    made = practice.keep(graph)
    assert (made.label, made.kind) == (DOG, TruthKind.REVIEWER)


def test_calibrations_of_a_program_have_parameters_of_their_own_input(practice: Practice) -> None:
    practice.program()
    practice.sees("seen", {**CAT, "confidence": 0.9}, zoom=3)
    practice.know("a", CAT)
    practice.know_input({"picture": "b", "zoom": 5}, CAT)
    drawn = practice.do(
        lambda work: truths.calibrate(
            work, practice.outside, practice.ours, ANIMALS, 2, practice.now
        )
    )
    echo = {
        each.graph.job.input["json"]["picture"]: each.graph.named("look").parameters.get("echo")
        for each in drawn
    }
    assert echo == {"a": None, "b": 5}
    marks = practice.do(lambda work: work.marks.of([each.graph.job.number for each in drawn]))
    assert {mark.kind for mark in marks.values()} == {JobKind.CALIBRATION}
