"""What fills the fields of each type, and what root fields do, gathered from their modules."""

from collections.abc import Callable, Mapping
from typing import Any

from jobmill.dialects.aiware.graphql.resolvers import (
    accounts,
    adding,
    assets,
    clusters,
    engines,
    events,
    exports,
    folders,
    jobs,
    recording_actions,
    recordings,
    results,
    tasks,
)

_MODULES = (
    accounts,
    adding,
    assets,
    clusters,
    engines,
    events,
    exports,
    folders,
    jobs,
    recording_actions,
    recordings,
    results,
    tasks,
)

RESOLVERS: dict[str, dict[str, Callable[..., Any]]] = {}
ACTIONS: dict[str, Callable[..., Any]] = {}
for module in _MODULES:
    types: Mapping[str, Mapping[str, Callable[..., Any]]] = module.RESOLVERS
    for name, fields in types.items():
        RESOLVERS.setdefault(name, {}).update(fields)
    ACTIONS.update(getattr(module, "ACTIONS", {}))
