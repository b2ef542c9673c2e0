"""Whether lines are a formula: by their fonts and signs. Pure."""

import re
from collections.abc import Sequence

from jobmill_engines.documents.model import Line

_FONTS = re.compile(r"(?i)^(cm(mi|sy|ex)|.*math|.*symbol|stix|euler|msbm|msam)")
_SIGNS = re.compile(r"[∑∏∫√∞≈≠≤≥±∂∇∈∉⊂⊆∪∩∀∃→↦⇒⇔×÷·^=+\u0370-\u03ff\U0001d400-\U0001d7ff]")
_PROSE = re.compile(r"[A-Za-zÀ-ÿ]{3,}")


def is_math(lines: Sequence[Line]) -> bool:
    """Mostly signs and single letters, or set in a font for formulas."""
    text = " ".join(line.text for line in lines)
    words = text.split()
    prose = len(_PROSE.findall(text))
    if "=" not in text and not re.search(r"[∑∏∫√∂∇∈∀∃⇒⇔]", text):
        return False
    if any(_FONTS.match(line.style.font) for line in lines) and prose <= len(words) / 4:
        return True
    return len(_SIGNS.findall(text)) >= max(2, len(words) / 4) and prose <= len(words) / 5
