"""Use cases on pipelines: create, read, edit, delete, list."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from jobmill.core.accounts import Principal, Right
from jobmill.core.engines import EngineCatalog
from jobmill.core.errors import InvalidInput, NameTaken, PipelineNotFound, VersionMismatch
from jobmill.core.ids import OrganizationNumber
from jobmill.core.pipelines.builtin import BUILTIN, builtin_pipeline
from jobmill.core.pipelines.model import Pipeline, PipelineDefinition
from jobmill.core.pipelines.planning import Plan, plan_definition
from jobmill.core.pipelines.ports import PipelineStore
from jobmill.core.pipelines.program import Program, checked_program

NAME_LIMIT = 200


def get_pipeline(pipelines: PipelineStore, who: Principal, name: str) -> Pipeline:
    """The pipeline of this name, built-in ones too. Raises PipelineNotFound."""
    who.require(Right.PIPELINES_READ)
    pipeline = find_pipeline(pipelines, who.organization, name)
    if pipeline is None:
        raise PipelineNotFound(f"There is no pipeline {name!r}.")
    return pipeline


def find_pipeline(
    pipelines: PipelineStore, organization: OrganizationNumber, name: str
) -> Pipeline | None:
    """What a name stands for: the organization's own pipeline, else a built-in one."""
    return pipelines.get(organization, name) or builtin_pipeline(organization, name)


def list_pipelines(
    pipelines: PipelineStore, who: Principal, *, builtin: bool = False
) -> Sequence[Pipeline]:
    """All pipelines of the caller's organization, by name; if wanted, with the built-in ones."""
    who.require(Right.PIPELINES_READ)
    own = pipelines.list(who.organization)
    if not builtin:
        return own
    names = {each.name for each in own}
    more = (builtin_pipeline(who.organization, name) for name in BUILTIN if name not in names)
    return sorted([*own, *(each for each in more if each)], key=lambda each: each.name)


def save_pipeline(
    pipelines: PipelineStore,
    catalog: EngineCatalog,
    who: Principal,
    name: str,
    definition: PipelineDefinition,
    now: datetime,
    *,
    create: bool,
    new_name: str | None = None,
    description: str = "",
    extras: Mapping[str, Any] | None = None,
    version: int | None = None,
    program: Program | None = None,
    without_program: bool = False,
) -> Pipeline:
    """Create a pipeline, or edit one (its version rises). The definition must be able to run.

    With a version, an edit raises VersionMismatch unless the pipeline still has that one. An edit
    without a program leaves the one it has, unless it shall have none.
    """
    who.require(Right.PIPELINES_WRITE)
    target = new_name or name
    if not target.strip() or len(target) > NAME_LIMIT:
        raise InvalidInput(f"name: give 1 to {NAME_LIMIT} characters.", field="name")
    old = None if create else _for_edit(pipelines, who, name, version)
    if program is None and old is not None and not without_program:
        program = old.program
    wanted = Pipeline(
        0, "", who.organization, target, 1, description, definition, now, now, extras or {}, program
    )
    plan = plan_definition(wanted.working(), {}, catalog)
    program = None if program is None else _fitted(checked_program(program), plan)
    if (create or target != name) and pipelines.get(who.organization, target):
        raise NameTaken(f"A pipeline named {target!r} exists.", field="name")
    if old is None:
        return pipelines.add(
            who.organization, name, description, definition, extras or {}, now, program
        )
    edited = replace(
        old,
        name=target,
        version=old.version + 1,
        description=description,
        definition=definition,
        updated_at=now,
        extras=old.extras if extras is None else extras,
        program=program,
    )
    pipelines.replace(edited)
    return edited


def _fitted(program: Program, plan: Plan) -> Program:
    """The program, with the task that answers. Raises InvalidInput for tasks that are not there."""
    names = [task.name for task in plan.tasks]
    for field, tasks in (
        ("program.params", [key.rpartition(".")[0] for key in program.params]),
        ("program.files", program.task_files),
        ("program.answer", [program.answer] if program.answer else []),
    ):
        for task in tasks:
            if task not in names:
                known = ", ".join(names)
                raise InvalidInput(f"{field}: there is no task {task!r}: {known}.", field=field)
    if program.answer:
        return program
    ends = [name for name in names if not any(route.source == name for route in plan.routes)]
    if len(ends) > 1:
        raise InvalidInput(
            f"program.answer: name the task whose document is the output: {', '.join(ends)}.",
            field="program.answer",
        )
    return replace(program, answer=ends[0])


def _for_edit(pipelines: PipelineStore, who: Principal, name: str, version: int | None) -> Pipeline:
    old = pipelines.get(who.organization, name)
    if old is None:
        raise _not_ours(name)
    if version is not None and version != old.version:
        raise VersionMismatch(
            f"The pipeline is at version {old.version} now, not {version}; read it again."
        )
    return old


def delete_pipeline(pipelines: PipelineStore, who: Principal, name: str) -> None:
    """Delete a pipeline; jobs made from it keep their own copy of the graph."""
    who.require(Right.PIPELINES_WRITE)
    if not pipelines.remove(who.organization, name):
        raise _not_ours(name)


def _not_ours(name: str) -> PipelineNotFound:
    if name in BUILTIN:
        return PipelineNotFound(
            f"{name!r} is built in and stays as it is; create a pipeline of this name, which will "
            "stand before it in your organization."
        )
    return PipelineNotFound(f"There is no pipeline {name!r}.")
