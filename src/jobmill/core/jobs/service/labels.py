"""What people call their jobs: checked names, tags and metadata."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from jobmill.core.errors import InvalidInput

NAME_CAP = 200
TAG_CAP, TAGS = 100, 50
KEY_CAP, METADATA_CAP = 100, 16_384


def checked_name(name: str | None) -> str | None:
    """The name without spaces around it; None for an empty one."""
    name = (name or "").strip()
    if len(name) > NAME_CAP:
        raise InvalidInput(f"name: at most {NAME_CAP} characters.", field="name")
    return name or None


def checked_tags(tags: Sequence[str], field: str = "tags") -> tuple[str, ...]:
    """Each tag once, without spaces around it. Raises InvalidInput."""
    return _checked(tuple(tags), field) if tags else ()


@lru_cache(maxsize=64)
def _checked(tags: tuple[str, ...], field: str) -> tuple[str, ...]:
    """Ten thousand jobs of a batch mostly have the same."""
    found = tuple(dict.fromkeys(tag.strip() for tag in tags))
    if len(found) > TAGS:
        raise InvalidInput(f"{field}: at most {TAGS} tags.", field=field)
    for tag in found:
        if not tag or len(tag) > TAG_CAP or not tag.isprintable():
            raise InvalidInput(
                f"{field}: a tag has 1 to {TAG_CAP} printable characters.", field=field
            )
    return found


def checked_metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON object of your own, within limits. Raises InvalidInput."""
    if not metadata:
        return {}
    for key in metadata:
        if not key or len(key) > KEY_CAP or not key.isprintable() or ":" in key:
            raise InvalidInput(
                f"metadata: a key has 1 to {KEY_CAP} printable characters and no colon.",
                field="metadata",
            )
    if len(json.dumps(metadata)) > METADATA_CAP:
        raise InvalidInput(f"metadata: at most {METADATA_CAP} bytes of JSON.", field="metadata")
    return dict(metadata)


def checked_future(at: datetime | None, now: datetime, field: str) -> datetime | None:
    """A time that is not over yet. Raises InvalidInput."""
    if at is not None and at <= now:
        raise InvalidInput(f"{field}: give a time that is not over yet.", field=field)
    return at
