"""Use cases on engines: list them, show one, list what can be asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

from jobmill.core.accounts import Principal, Right
from jobmill.core.engines.catalog import EngineCatalog
from jobmill.core.errors import EngineNotFound
from jobmill_engine.manifest import Feature, Manifest


@dataclass(frozen=True, slots=True)
class OfferedFeature:
    """A feature and the engine that serves it when a job names the feature alone."""

    feature: Feature
    engine: str


def list_engines(catalog: EngineCatalog, who: Principal) -> Sequence[Manifest]:
    """The installed engines, by id."""
    who.require(Right.ENGINES_READ)
    return sorted(catalog.manifests().values(), key=lambda manifest: manifest.id)


def get_engine(catalog: EngineCatalog, who: Principal, engine: str) -> Manifest:
    """The engine of this id. Raises EngineNotFound."""
    who.require(Right.ENGINES_READ)
    manifest = catalog.manifests().get(engine)
    if manifest is None:
        raise EngineNotFound(f"There is no engine {engine!r}.")
    return manifest


def list_features(catalog: EngineCatalog, who: Principal) -> Sequence[OfferedFeature]:
    """What can be asked for by name, each with the first engine that offers it."""
    who.require(Right.ENGINES_READ)
    offered: dict[str, OfferedFeature] = {}
    for manifest in catalog.manifests().values():
        for feature in manifest.features:
            offered.setdefault(feature.name, OfferedFeature(feature, manifest.id))
    return [offered[name] for name in sorted(offered)]
