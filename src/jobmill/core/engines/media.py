"""Whether an engine takes media of a type, as its manifest's `media_in` says. Pure.

Types are mostly guessed from names, and some names mean different things: what says nothing, or
something else than it means in the world of media, is let through for the engine to look at.
"""

from fnmatch import fnmatchcase

from jobmill_engine.manifest import Manifest

ANYTHING = frozenset({"", "application/octet-stream"})
MISTAKEN = {
    "text/vnd.trolltech.linguist": "video/mp2t",
    "model/vnd.mts": "video/mp2t",
    "application/mp4": "video/mp4",
    "application/x-matroska": "video/x-matroska",
    "application/vnd.rn-realmedia": "video/vnd.rn-realmedia",
}
"""By a file's ending `.ts` and the like."""


def takes(manifest: Manifest, media_type: str) -> bool:
    """Whether the engine takes it, or it cannot be told."""
    plain = media_type.partition(";")[0].strip().lower()
    if plain in ANYTHING:
        return True
    kinds = {plain, MISTAKEN.get(plain, plain)}
    return any(fnmatchcase(kind, pattern) for kind in kinds for pattern in manifest.media_in)
