"""What a server can do, and who does it: engines, features, pipelines, workers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing that can be asked for; `parameters` is a JSON Schema."""

    name: str
    engine: str = ""
    description: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Engine:
    """An installed engine, as its manifest says."""

    id: str
    name: str = ""
    category: str = ""
    version: str = ""
    description: str = ""
    features: tuple[Feature, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    media_in: tuple[str, ...] = ()
    license: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A named template; its `version` rises with each edit. With a `program` the input and the
    output of its jobs are typed."""

    name: str
    version: int = 1
    description: str = ""
    features: tuple[str, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)
    tasks: tuple[Mapping[str, Any], ...] = ()
    routes: tuple[Mapping[str, Any], ...] = ()
    program: Mapping[str, Any] | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Worker:
    """A live process that executes attempts."""

    name: str
    host: str = ""
    pid: int = 0
    slots: int = 0
    running: int = 0
    started_at: datetime | None = None
    beat_at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)
