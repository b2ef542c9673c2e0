"""A pipeline: a named, versioned template of a job. Each edit makes a new version."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jobmill.core.ids import OrganizationNumber


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
    """A stored template. `extras` is a dialect's own furniture, kept and never read here."""

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
