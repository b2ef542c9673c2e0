"""Which engines are installed, by their manifests alone: listing engines runs none of them."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Protocol

from jobmill.core.errors import UnknownEngine, UnknownFeature
from jobmill_engine.manifest import Manifest


class EngineCatalog(Protocol):
    """The manifests found on disk, by engine id, in a stable order. Asked at every use."""

    def manifests(self) -> Mapping[str, Manifest]:
        """All valid manifests."""

    def problems(self) -> Mapping[str, str]:
        """Manifest files that were passed over, and why."""


class FoundNow:
    """The manifests as they are found at one moment: looked for once, however often it is asked."""

    def __init__(self, catalog: EngineCatalog) -> None:
        self._catalog = catalog
        self._found = catalog.manifests()

    def manifests(self) -> Mapping[str, Manifest]:
        """Those of that moment."""
        return self._found

    def problems(self) -> Mapping[str, str]:
        """What is passed over now, and why."""
        return self._catalog.problems()


def find_engine(catalog: EngineCatalog, engine: str, field: str = "engine") -> Manifest:
    """The manifest of an engine. Raises UnknownEngine naming what is installed."""
    manifests = catalog.manifests()
    if engine in manifests:
        return manifests[engine]
    raise UnknownEngine(
        f"No engine {engine!r} is installed.{_suggest(engine, list(manifests))} "
        "`jobmill engines` lists the installed ones.",
        field=field,
    )


def engine_of_feature(catalog: EngineCatalog, feature: str, field: str = "features") -> Manifest:
    """The first engine that offers a feature. Raises UnknownFeature naming what is offered."""
    offered: dict[str, Manifest] = {}
    for manifest in catalog.manifests().values():
        for each in manifest.features:
            offered.setdefault(each.name, manifest)
    if feature in offered:
        return offered[feature]
    raise UnknownFeature(
        f"No installed engine offers the feature {feature!r}.{_suggest(feature, list(offered))} "
        f"Offered: {', '.join(sorted(offered))}.",
        field=field,
    )


def _suggest(word: str, words: list[str]) -> str:
    close = get_close_matches(word.lower(), [each.lower() for each in words], 1)
    found = [each for each in words if each.lower() in close]
    return f" Did you mean {found[0]!r}?" if found else ""
