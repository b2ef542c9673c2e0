"""A pipeline: a named, versioned template of a job. Each edit makes a new version."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from jobmill.core.ids import OrganizationNumber
from jobmill.core.pipelines.program import Program


@dataclass(frozen=True, slots=True)
class PipelineDefinition:
    """What a pipeline does: a list of features, or tasks and routes; never both.

    `params` maps a feature to its parameters, or holds the defaults that a job may override.
    """

    features: tuple[str, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)
    tasks: tuple[Mapping[str, Any], ...] = ()
    routes: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A stored template. `extras` is a dialect's own furniture, kept and never read here.

    With a `program` its jobs have a typed input and one typed output.
    """

    number: int
    id: str
    organization: OrganizationNumber
    name: str
    version: int
    description: str
    definition: PipelineDefinition
    created_at: datetime
    updated_at: datetime
    extras: Mapping[str, Any] = field(default_factory=dict)
    program: Program | None = None

    def working(self) -> PipelineDefinition:
        """What its jobs are planned from: its definition, with what its program says of people."""
        program, tasks = self.program, self.definition.tasks
        if program is None or not any(task.get("review") for task in tasks):
            return self.definition
        return replace(self.definition, tasks=tuple(_staffed(program, task) for task in tasks))


def _staffed(program: Program, task: Mapping[str, Any]) -> Mapping[str, Any]:
    """A review with the program's settings where it says none; the answer's has its form."""
    said = task.get("review")
    if not isinstance(said, Mapping):
        return task
    form = program.form() if _name_of(task) == program.answer else None
    usual = {**program.workers, **({} if form is None else {"form": form})}
    return {**task, "review": {**usual, **said}}


def _name_of(task: Mapping[str, Any]) -> str:
    review = task.get("review") or {}
    return str(task.get("name") or task.get("engine") or review.get("step"))
