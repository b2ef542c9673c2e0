"""Where events go, and how each sending went."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address that gets events. `secret` is there only when it was made just now."""

    id: str
    url: str = ""
    events: tuple[str, ...] = ()
    description: str = ""
    format: str = ""
    origins: tuple[str, ...] = ()
    callback: bool = False
    enabled: bool = True
    disabled_reason: str | None = None
    failing_since: datetime | None = None
    failures: int = 0
    secrets: int = 1
    secret: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class DeliveryTry:
    """One try to send an event: a status, or why there is none."""

    ms: int = 0
    at: datetime | None = None
    status: int | None = None
    error: str | None = None
    answer: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one endpoint. `log` and `data` come with `get` only."""

    id: str
    endpoint: str = ""
    message: str = ""
    type: str = ""
    job: int | None = None
    state: str = ""
    attempts: int = 0
    next_at: datetime | None = None
    last_status: int | None = None
    last_error: str | None = None
    created_at: datetime | None = None
    settled_at: datetime | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    log: tuple[DeliveryTry, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)
