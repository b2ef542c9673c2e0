"""Clusters in the vendor's words, which are pools that an organization made."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from jobmill.core.capacity import MadePool
from jobmill.core.capacity.made import PoolSpec
from jobmill.core.errors import InvalidInput
from jobmill.dialects.aiware.mapping.catalogue import engine_id, engine_named
from jobmill.dialects.aiware.mapping.create_job import EXTRAS
from jobmill.dialects.aiware.mapping.ids import CLUSTER
from jobmill_engine.manifest import Manifest

EVERY = {"all", "*"}
# Furniture of the vendor that is kept as it was written, and shown again.
KEPT = (
    "type",
    "containerTag",
    "bypassAllowedEngines",
    "allowedEngines",
    "subscriptions",
    "tags",
    "status",
    "clusterConfig",
    "mediaStorage",
    "mediaStoragePath",
    "restartTimeUTC",
    "collaborators",
)
_SIZE = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)\s*([kmgt]?)i?b?", re.IGNORECASE)
_UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}
MIB = 2**20


def cluster_id(pool: MadePool) -> str:
    """The vendor's id of a pool."""
    return CLUSTER + pool.id


def pool_id(text: str) -> str:
    """Our id behind one of the vendor's; the prefix may be left out."""
    return text.removeprefix(CLUSTER)


def kept_of(pool: MadePool) -> Mapping[str, Any]:
    """What a client wrote of the cluster."""
    found: Mapping[str, Any] = pool.extras.get(EXTRAS) or {}
    return found


def spec_from(
    given: Mapping[str, Any], installed: Mapping[str, Manifest], old: MadePool | None = None
) -> PoolSpec:
    """The pool that an input asks for; what it leaves out stays as it was."""
    kept = {**(kept_of(old) if old else {}), **_kept(given)}
    return PoolSpec(
        title=given["name"] if given.get("name") is not None else (old.title if old else ""),
        engines=_engines(kept, installed),
        memory_mb=_mebibytes(given, "memorySize", old.memory_mb if old else None),
        storage_mb=_mebibytes(given, "storageSize", old.storage_mb if old else None),
        collaborators=_organizations(kept.get("collaborators") or ()),
        paused=_paused(given, old),
        extras={EXTRAS: kept},
    )


def _kept(given: Mapping[str, Any]) -> dict[str, Any]:
    return {key: given[key] for key in KEPT if given.get(key) is not None}


def _paused(given: Mapping[str, Any], old: MadePool | None) -> bool:
    if given.get("status") == "paused":
        return True
    if given.get("paused") is not None:
        return bool(given["paused"])
    return old.paused if old else False


def _engines(kept: Mapping[str, Any], installed: Mapping[str, Manifest]) -> tuple[str, ...] | None:
    words = [str(each) for each in kept.get("allowedEngines") or () if each]
    if kept.get("bypassAllowedEngines") or EVERY & {word.lower() for word in words}:
        return None
    # An id that is no engine's here lets none in; it stays shown as it was written.
    return tuple(found for word in words if (found := engine_named(word, installed)) is not None)


def _mebibytes(given: Mapping[str, Any], key: str, old: int | None) -> int | None:
    text = given.get(key)
    if text is None or text == "":
        return old
    match = _SIZE.fullmatch(str(text).strip())
    size = float(match[1]) * _UNITS[match[2].lower()] if match else 0
    if size < MIB:
        raise InvalidInput(f"input.{key}: write a size such as 20gb.", field=f"input.{key}")
    return int(size // MIB)


def _organizations(given: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    found = (each.get("organizationId") for each in given)
    return tuple(dict.fromkeys(str(each) for each in found if each))


def allowed_engines(pool: MadePool) -> list[str]:
    """As it was written, or the vendor's ids of the engines that are let in."""
    written = kept_of(pool).get("allowedEngines")
    if written is not None:
        return [str(each) for each in written]
    return ["all"] if pool.engines is None else [engine_id(each) for each in pool.engines]


def status_of(pool: MadePool) -> str:
    """How a cluster stands."""
    if pool.paused:
        return "paused"
    written = kept_of(pool).get("status")
    return str(written) if written and written != "paused" else "active"
