"""What a job works on, from what a caller has in hand to the form that the API takes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jobmill_client.models import Asset

JobInput = str | Path | Asset | Mapping[str, Any]
"""A path on the server, an http(s) address, an asset, or the API's own form (`{"json": …}`)."""

KINDS = frozenset({"path", "url", "asset", "json"})


def input_of(given: JobInput) -> dict[str, Any]:
    """`{"path" | "url" | "asset" | "json": …}`."""
    if isinstance(given, Asset):
        return {"asset": given.id}
    if isinstance(given, Path):
        return {"path": str(given)}
    if isinstance(given, str):
        return {"url": given} if is_address(given) else {"path": given}
    if not set(given) <= KINDS:
        raise TypeError(
            f"An input has one of {', '.join(sorted(KINDS))}, not {', '.join(map(str, given))}; "
            'for JSON give {"json": …}.'
        )
    return dict(given)


def is_address(text: str) -> bool:
    """Whether this is an address that the server can fetch."""
    return text.lower().startswith(("http://", "https://"))
