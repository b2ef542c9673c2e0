"""The vendor's metadata is any JSON; a job's own is an object of plain keys. The one is the other
where it fits, and else stands in the job's extras."""

from collections.abc import Mapping
from typing import Any

from jobmill.core.errors import InvalidInput
from jobmill.core.jobs.service.labels import checked_metadata

RAW = "metadata"


def fits(value: Any) -> bool:
    """Whether a job's own metadata can say it."""
    if not isinstance(value, dict) or None in value.values():
        return False
    try:
        checked_metadata(value)
    except InvalidInput:
        return False
    return True


def metadata_of(own: Mapping[str, Any], kept: Mapping[str, Any]) -> Any:
    """What was written, wherever it stands."""
    return kept[RAW] if RAW in kept else dict(own)


def replacing(old: Mapping[str, Any], value: Any) -> dict[str, Any]:
    """The change that leaves `value`, or nothing where it does not fit, of a job's own metadata."""
    new = value if fits(value) else {}
    return {**dict.fromkeys(old), **new}
