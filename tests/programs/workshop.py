"""Programs upon the real services over real tables, with a clock that stands still."""

from dataclasses import replace
from typing import Any

from jobmill.core.accounts import Principal
from jobmill.core.errors import AddressNotAllowed
from jobmill.core.jobs import service
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.outputs import JobOutput
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import JobInput, SubmitJob
from jobmill.core.jobs.service.output import edit_output, job_output
from jobmill.core.jobs.service.share_job import Collaborator
from jobmill.core.pipelines import Pipeline, PipelineDefinition, Program, save_pipeline
from tests.reviews.desk import EVERYBODY, Desk

NAME = "invoices"
INPUT = {
    "type": "object",
    "required": ["document_url"],
    "properties": {
        "document_url": {"type": "string"},
        "language": {"type": "string", "enum": ["de", "en"]},
    },
    "additionalProperties": False,
}
OUTPUT = {
    "type": "object",
    "required": ["total"],
    "properties": {"total": {"type": "number"}, "payee": {"type": ["string", "null"]}},
    "additionalProperties": False,
}
PROGRAM = Program(input_schema=INPUT, output_schema=OUTPUT)
SURE = {"total": 12.5, "payee": "ACME", "confidence": 0.9}
UNSURE = {"total": 12.5, "payee": "ACME", "confidence": 0.2}


class Addresses:
    """A fetcher that knows one good host."""

    def check(self, url: str) -> None:
        if not url.startswith("https://good.example/"):
            raise AddressNotAllowed(f"{url} cannot be fetched.")


class Workshop(Desk):
    """An organization with programs of one engine, with or without people behind it."""

    def __init__(self) -> None:
        super().__init__()
        fetcher: Any = Addresses()
        self.outside = replace(self.outside, fetcher=fetcher)
        self._let_in("admin")

    def person(self, name: str, *, admin: bool = False) -> Principal:
        """Somebody new, who can sign in."""
        who = super().person(name, admin=admin)
        self._let_in(name)
        return who

    def _let_in(self, name: str) -> None:
        def set_password(work: UnitOfWork) -> None:
            user = work.accounts.user_named(self.ours.organization, name)
            assert user is not None
            work.accounts.save_user(replace(user, password="a hash"))

        self.do(set_password)

    def pipeline(
        self, program: Program = PROGRAM, review: dict[str, Any] | None = None, **more: Any
    ) -> Pipeline:
        """find → check (a review, if wanted)."""
        tasks: tuple[Any, ...] = ({"name": "find", "engine": "noop", **more},)
        routes: tuple[Any, ...] = ()
        if review is not None:
            tasks = (*tasks, {"name": "check", "review": {"step": "check", **review}})
            routes = ({"from": "find", "to": "check"},)
        definition = PipelineDefinition(tasks=tasks, routes=routes)
        return self.do(
            lambda work: save_pipeline(
                work.pipelines,
                self.outside.catalog,
                self.ours,
                NAME,
                definition,
                self.now,
                create=work.pipelines.get(self.ours.organization, NAME) is None,
                program=program,
            )
        )

    def submit(
        self,
        document: Any = None,
        shared: tuple[Collaborator, ...] = EVERYBODY,
        **more: Any,
    ) -> JobGraph:
        given = {"document_url": "https://good.example/a.pdf"} if document is None else document
        command = SubmitJob(
            **{"input": JobInput(json=given), "pipeline": NAME, "collaborators": shared, **more}
        )
        return self.do(
            lambda work: service.submit_job(work, self.outside, self.ours, command, self.now)
        ).graph

    def output(self, graph: JobGraph) -> JobOutput:
        return self.do(lambda work: job_output(work, self.ours, graph.job.id))

    def edit(self, graph: JobGraph, document: Any) -> JobOutput:
        return self.do(lambda work: edit_output(work, self.ours, graph.job.id, document, self.now))
