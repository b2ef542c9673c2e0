"""Handles on bytes: assets, and the parts that tasks wrote."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Asset:
    """A named handle on bytes; `state` is awaiting, ready or purged."""

    id: str
    name: str = ""
    state: str = ""
    size: int | None = None
    sha256: str | None = None
    media_type: str = ""
    version: int = 1
    path: str | None = None
    created_at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Link:
    """An address that needs no key, for one version of an asset."""

    url: str
    method: str = "GET"
    version: int = 1
    expires_at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of what a task wrote through an output port: a file, a document, or (`empty`)
    nothing for its number. `content` is where its bytes are."""

    port: str
    number: int
    size: int = 0
    sha256: str | None = None
    media_type: str = ""
    meta: Mapping[str, Any] = field(default_factory=dict)
    empty: bool = False
    content: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)
