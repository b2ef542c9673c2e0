"""The documentation's own examples, as files."""

import json
import re
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def javascript(name: str) -> str:
    """A function of the page, as printed."""
    return (FOLDER / name).read_text(encoding="utf-8")


def document(name: str) -> Any:
    """An answer of the page; a comma before a closing bracket is the page's slip."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    return json.loads(re.sub(r",(\s*[\]}])", r"\1", text))
