"""Write the native API's description to docs/reference/openapi.json.

.venv/bin/python tools/dump_openapi.py
"""

import json
from pathlib import Path
from typing import Any

from jobmill.bootstrap import create_app
from jobmill.config import Settings

PLACE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "openapi.json"


def description() -> dict[str, Any]:
    """The document as the server gives it."""
    found: dict[str, Any] = create_app(Settings()).openapi()
    return found


def text_of(document: dict[str, Any]) -> str:
    """As it stands in the file."""
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    PLACE.write_text(text_of(description()), encoding="utf-8")
