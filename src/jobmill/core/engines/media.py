"""Whether an engine takes media of a type, as its manifest's `media_in` says. Pure.

Types are mostly guessed from names, and some names mean different things: what says nothing, or
something else than it means in the world of media, is let through for the engine to look at.
"""

from fnmatch import fnmatchcase

from jobmill.core.errors import MediaNotTaken
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
OF_ANY_FILE = "text/plain"
"""What servers say of files that they do not know."""


def takes(manifest: Manifest, media_type: str) -> bool:
    """Whether the engine takes it, or it cannot be told."""
    plain = media_type.partition(";")[0].strip().lower()
    if plain in ANYTHING:
        return True
    kinds = {plain, MISTAKEN.get(plain, plain)}
    return any(fnmatchcase(kind, pattern) for kind in kinds for pattern in manifest.media_in)


def media_not_taken(manifest: Manifest, media_type: str, where: str = "input") -> MediaNotTaken:
    """The refusal, naming engine and types, and the field `where` that names the media."""
    return MediaNotTaken(
        f"{where}: the engine {manifest.id!r} takes {', '.join(manifest.media_in)}; "
        f"this is {media_type}.",
        field=where,
        fix="Give other media, or its right type when you upload it (Content-Type).",
    )


def check_fetched(manifest: Manifest, media_type: str) -> None:
    """Raise MediaNotTaken for what a server says that it sends, where that says anything."""
    if media_type != OF_ANY_FILE and not takes(manifest, media_type):
        raise media_not_taken(manifest, media_type)
