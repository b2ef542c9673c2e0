"""Engines that are services, reached by HTTP: their manifests, and where they are kept.

A manifest of this kind comes from a registration, never from a disk, and holds no command.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from jobmill.core.ids import OrganizationNumber
from jobmill_engine.manifest import Feature, Manifest

NOWHERE = Path("/")
"""The folder of an engine that lies in none."""


@dataclass(frozen=True, slots=True)
class RemoteManifest(Manifest):
    """An engine at an address: `ready_url` tells whether it is, `process_url` takes the work.

    `send_bytes`: a file's bytes go with the request; without it the service fetches them itself.
    """

    ready_url: str = ""
    process_url: str = ""
    send_bytes: bool = True


@dataclass(frozen=True, slots=True)
class RegisteredEngine:
    """A row: the manifest, who registered it, and when."""

    manifest: RemoteManifest
    organization: OrganizationNumber
    created_at: datetime


class EngineStore(Protocol):
    """The engines that were registered, of all organizations: ids are the server's."""

    def get(self, engine: str) -> RegisteredEngine | None:
        """The engine of this id."""

    def list(self) -> Sequence[RegisteredEngine]:
        """All of them, by id."""

    def add(self, engine: RegisteredEngine) -> None:
        """Register it; its id is free."""

    def remove(self, engine: str) -> bool:
        """Forget it; says whether there was one."""


def manifest_json(manifest: RemoteManifest) -> Mapping[str, Any]:
    """What is kept of a manifest."""
    return {
        "id": manifest.id,
        "name": manifest.name,
        "category": manifest.category,
        "version": manifest.version,
        "license": manifest.license,
        "description": manifest.description,
        "media_in": list(manifest.media_in),
        "media_out": list(manifest.media_out),
        "modes": list(manifest.modes),
        "pool": manifest.pool,
        "concurrency": manifest.concurrency,
        "timeout": manifest.timeout,
        "parameters": dict(manifest.parameters),
        "features": [
            {"name": f.name, "description": f.description, "parameters": dict(f.parameters)}
            for f in manifest.features
        ],
        "ready_url": manifest.ready_url,
        "process_url": manifest.process_url,
        "send_bytes": manifest.send_bytes,
    }


def manifest_from(kept: Mapping[str, Any]) -> RemoteManifest:
    """The manifest that `manifest_json` told of."""
    lists = {name: tuple(kept[name]) for name in ("media_in", "media_out", "modes")}
    features = tuple(Feature(**each) for each in kept["features"])
    return RemoteManifest(**{**kept, **lists, "features": features, "command": (), "path": NOWHERE})
