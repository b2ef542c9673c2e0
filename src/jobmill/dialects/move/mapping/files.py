"""Files: the vendor's types are suffixes, ours are media types."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from jobmill.core.errors import InvalidInput
from jobmill.core.items import Asset, Naming
from jobmill.core.items.media_types import guessed_type
from jobmill.dialects.move.mapping.create_job import DIALECT
from jobmill.dialects.move.mapping.outputs import BY_ROLE, MADE

ANY = "application/octet-stream"
USUAL_NAME = "upload"
LONGEST = 200
_SUFFIX = re.compile(r"[a-z0-9]{1,12}")


def naming_from(given_type: str, name: str | None, metadata: Any) -> Naming:
    """What a file is called before its bytes come. Raises InvalidInput."""
    suffix = given_type.strip().lower().removeprefix(".")
    if not _SUFFIX.fullmatch(suffix):
        raise InvalidInput(
            f"type: {given_type!r} is no type of file; write a suffix such as mp4.", field="type"
        )
    own = _named(name, suffix)
    kept = {"type": given_type.strip(), "name": name or "", "metadata": metadata}
    return Naming(own, guessed_type(f"a.{suffix}") or ANY, extras={DIALECT: kept})


def _named(name: str | None, suffix: str) -> str:
    plain = re.split(r"[/\\]", name or "")[-1].strip()[:LONGEST]
    if not plain or not plain.isprintable() or plain in (".", ".."):
        plain = USUAL_NAME
    return plain if plain.lower().endswith(f".{suffix}") else f"{plain}.{suffix}"


def kept_of(asset: Asset) -> Mapping[str, Any]:
    """What a client of this API wrote of the file; empty for one that was made elsewhere."""
    found: Mapping[str, Any] = asset.extras.get(DIALECT) or {}
    return found


def type_of(asset: Asset, role: str | None = None) -> str:
    """As it was given; of what engines or other clients made, the suffix with its dot."""
    given: str | None = kept_of(asset).get("type")
    if given is not None:
        return given
    output = BY_ROLE.get(role or "")
    made = "" if output is None or output == "source_video" else MADE[output].suffix
    return made or PurePosixPath(asset.name).suffix.lower() or ".bin"


def name_of(asset: Asset) -> str:
    """As it was given, which may be empty."""
    return str(kept_of(asset).get("name", asset.name))
