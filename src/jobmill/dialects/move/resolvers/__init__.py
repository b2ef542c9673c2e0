"""What fills the fields of each type, and what root fields do, gathered from their modules."""

from collections.abc import Callable, Mapping
from typing import Any

from jobmill.dialects.move.resolvers import client, files, jobs, takes, volumes, webhooks

_MODULES = (client, files, jobs, takes, volumes, webhooks)

RESOLVERS: dict[str, dict[str, Callable[..., Any]]] = {}
ACTIONS: dict[str, Callable[..., Any]] = {}
for module in _MODULES:
    types: Mapping[str, Mapping[str, Callable[..., Any]]] = module.RESOLVERS
    for name, fields in types.items():
        RESOLVERS.setdefault(name, {}).update(fields)
    ACTIONS.update(module.ACTIONS)
