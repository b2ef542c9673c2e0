"""What may stand in the meta of a part."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

LARGEST_META = 4096
"""Bytes of JSON."""


def meta_problem(meta: Mapping[str, Any]) -> str:
    """What is wrong with the meta of a part, or nothing: it must be small and plain JSON."""
    try:
        text = json.dumps(meta, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        size = len(text.encode())
    except (TypeError, ValueError, RecursionError) as error:
        return f"meta is not plain JSON ({error})"
    if size > LARGEST_META:
        return f"meta has {size} bytes, at most {LARGEST_META} are allowed; put it into the part"
    return ""
