"""People and an engine at work on a pipeline whose right answers are known."""

from dataclasses import replace
from typing import Any

from jobmill.core.accounts import Principal
from jobmill.core.jobs import service
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import JobInput, SubmitJob, truths
from jobmill.core.jobs.service.share_job import Collaborator
from jobmill.core.pipelines import PipelineDefinition, save_pipeline
from jobmill.core.truths import GroundTruth, Role
from tests.reviews.desk import EVERYBODY, Desk

ANIMALS = "animals"
STEP = "labels"


class Clinic(Desk):
    """The pipeline `animals`: an engine says what it sees, and people look at that if asked."""

    def pipeline(self, name: str = ANIMALS, **review: Any) -> None:
        """look → check (a review, if anything is said of it)."""
        tasks: tuple[dict[str, Any], ...] = ({"name": "look", "engine": "noop"},)
        routes: tuple[dict[str, Any], ...] = ()
        if review:
            tasks += ({"name": "check", "review": {"step": STEP, **review}},)
            routes = ({"from": "look", "to": "check"},)
        made = PipelineDefinition(tasks=tasks, routes=routes)
        self.do(
            lambda work: save_pipeline(
                work.pipelines, self.outside.catalog, self.ours, name, made, self.now, create=True
            )
        )

    def without_rights(self) -> Principal:
        """Somebody whose key may do nothing."""
        return replace(self.ours, rights=frozenset())

    def rename(self, old: str, new: str) -> None:
        """The pipeline gets another name."""

        def edit(work: UnitOfWork) -> None:
            found = work.pipelines.get(self.ours.organization, old)
            assert found is not None
            save_pipeline(
                work.pipelines, self.outside.catalog, self.ours, old, found.definition, self.now,
                create=False, new_name=new,
            )  # fmt: skip

        self.do(edit)

    def know(
        self, picture: str, label: Any, pipeline: str = ANIMALS, who: Principal | None = None,
        **more: Any,
    ) -> GroundTruth:  # fmt: skip
        """What is right for a picture."""
        return self.know_input({"picture": picture}, label, pipeline, who, **more)

    def know_input(
        self, given: Any, label: Any, pipeline: str = ANIMALS, who: Principal | None = None,
        **more: Any,
    ) -> GroundTruth:  # fmt: skip
        """What is right for an input."""
        return self.do(
            lambda work: truths.add_truth(
                work, who or self.ours, pipeline, JobInput(json=given), label, self.now, **more
            )
        )

    def ask(
        self, picture: str, pipeline: str = ANIMALS,
        shared: tuple[Collaborator, ...] = EVERYBODY, who: Principal | None = None, **more: Any,
    ) -> JobGraph:  # fmt: skip
        """A job about a picture."""
        given = JobInput(json={"picture": picture})
        command = SubmitJob(given, pipeline=pipeline, collaborators=shared, **more)
        return self.do(
            lambda work: service.submit_job(work, self.outside, who or self.ours, command, self.now)
        ).graph

    def see_as(self, picture: str, document: Any, **more: Any) -> JobGraph:
        """A job about a picture, of which the engine says this."""
        graph = self.ask(picture, **more)
        self.work_off(document)
        return self.graph(graph.job.number)

    def says(self, who: Principal, graph: JobGraph, document: Any = None) -> None:
        """A person takes the job's review and answers."""
        review = self.review(graph)
        self.take(who, review)
        self.answer(who, review, document)

    def quality(self, role: Role = Role.OUTPUT, **more: Any) -> truths.Quality:
        return self.do(lambda work: truths.pipeline_quality(work, self.ours, ANIMALS, role, **more))

    def rates(self, role: Role = Role.OUTPUT, **more: Any) -> dict[str, tuple[int, int]]:
        """How many of each one's answers were measured, and how many were right."""
        return {
            each.name: (each.accuracy.measured, each.accuracy.correct)
            for each in self.quality(role, **more).subjects
        }
