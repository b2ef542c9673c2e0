"""Use cases on pipelines: create, read, edit, delete, list."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from jobmill.core.accounts import Principal, Right
from jobmill.core.engines import EngineCatalog
from jobmill.core.errors import InvalidInput, NameTaken, PipelineNotFound, VersionMismatch
from jobmill.core.pipelines.model import Pipeline, PipelineDefinition
from jobmill.core.pipelines.planning import plan_definition
from jobmill.core.pipelines.ports import PipelineStore

NAME_LIMIT = 200


def get_pipeline(pipelines: PipelineStore, who: Principal, name: str) -> Pipeline:
    """The pipeline of this name. Raises PipelineNotFound."""
    who.require(Right.PIPELINES_READ)
    pipeline = pipelines.get(who.organization, name)
    if pipeline is None:
        raise PipelineNotFound(f"There is no pipeline {name!r}.")
    return pipeline


def list_pipelines(pipelines: PipelineStore, who: Principal) -> Sequence[Pipeline]:
    """All pipelines of the caller's organization, by name."""
    who.require(Right.PIPELINES_READ)
    return pipelines.list(who.organization)


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
) -> Pipeline:
    """Create a pipeline, or edit one (its version rises). The definition must be able to run.

    With a version, an edit raises VersionMismatch unless the pipeline still has that one.
    """
    who.require(Right.PIPELINES_WRITE)
    target = new_name or name
    if not target.strip() or len(target) > NAME_LIMIT:
        raise InvalidInput(f"name: give 1 to {NAME_LIMIT} characters.", field="name")
    plan_definition(definition, {}, catalog)
    if (create or target != name) and pipelines.get(who.organization, target):
        raise NameTaken(f"A pipeline named {target!r} exists.", field="name")
    if create:
        return pipelines.add(who.organization, name, description, definition, extras or {}, now)
    old = _for_edit(pipelines, who, name, version)
    edited = replace(
        old,
        name=target,
        version=old.version + 1,
        description=description,
        definition=definition,
        updated_at=now,
        extras=old.extras if extras is None else extras,
    )
    pipelines.replace(edited)
    return edited


def _for_edit(pipelines: PipelineStore, who: Principal, name: str, version: int | None) -> Pipeline:
    old = pipelines.get(who.organization, name)
    if old is None:
        raise PipelineNotFound(f"There is no pipeline {name!r}.")
    if version is not None and version != old.version:
        raise VersionMismatch(
            f"The pipeline is at version {old.version} now, not {version}; read it again."
        )
    return old


def delete_pipeline(pipelines: PipelineStore, who: Principal, name: str) -> None:
    """Delete a pipeline; jobs made from it keep their own copy of the graph."""
    who.require(Right.PIPELINES_WRITE)
    if not pipelines.remove(who.organization, name):
        raise PipelineNotFound(f"There is no pipeline {name!r}.")
