"""Translation by Apertium's commands, each a process of its own; nothing of it is imported."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from jobmill_engine import EngineFailed
from jobmill_engines.texts.languages import plain_code, three_letters
from jobmill_engines.texts.words import read_words

_PAIRS = sorted(read_words(Path(__file__).with_name("apertium_pairs.txt")))
_SAME = {"hr": "hbs", "sr": "hbs", "bs": "hbs", "no": "nob", "nb": "nob", "ms": "zlm"}
"""What Apertium calls languages otherwise."""
_GAP = "\n\n"
TIMEOUT = 300.0


class ApertiumTranslator:
    """One direction, such as eng-spa."""

    def __init__(self, direction: str) -> None:
        self.name = f"apertium {direction}"
        self._direction = direction

    def translate(self, sentences: Sequence[str]) -> list[str]:
        """Each sentence by itself. Raises EngineFailed."""
        done = self._run(_GAP.join(sentences)).strip("\n").split(_GAP)
        if len(done) != len(sentences):  # rare: a sign that Apertium takes for a break, or removes
            done = [self._run(each) for each in sentences]
        return [_tidy(each) for each in done]

    def _run(self, text: str) -> str:
        command = ["apertium", "-u", "-f", "txt", self._direction]
        try:
            done = subprocess.run(
                command, input=text + "\n", capture_output=True, text=True, timeout=TIMEOUT
            )
        except subprocess.TimeoutExpired:
            told = f"Apertium had no answer within {TIMEOUT:g} s. Try again."
            raise EngineFailed("translator_failed", told) from None
        if done.returncode or (text.strip() and not done.stdout.strip()):
            told = done.stderr.strip()[-500:] or "it wrote nothing"
            raise EngineFailed("translator_failed", f"Apertium ended with an error: {told}")
        return done.stdout


def direction_for(source: str, target: str) -> str | None:
    """The installed direction for two languages, or None."""
    if shutil.which("apertium") is None:
        return None
    listed = subprocess.run(["apertium", "-l"], capture_output=True, text=True, timeout=TIMEOUT)
    wanted = (_names(source), _names(target))
    found = [each for each in listed.stdout.split() if _fits(each, wanted)]
    return min(found, key=len, default=None)


def package_for(source: str, target: str) -> str | None:
    """The package of Debian that has the pair, or None."""
    wanted = {plain_code(source), plain_code(target)}
    for pair in _PAIRS:
        one, other = pair.split("-")
        for named in ({plain_code(one), plain_code(other)}, {one, other}):
            if named == wanted or named == {_SAME.get(each, each) for each in wanted}:
                return f"apertium-{pair}"
    return None


def _names(language: str) -> frozenset[str]:
    code = plain_code(language)
    return frozenset({code, three_letters(code), _SAME.get(code, code)})


def _fits(direction: str, wanted: tuple[frozenset[str], frozenset[str]]) -> bool:
    """`spa-eng_US` is from spa into eng."""
    parts = direction.split("-")
    return len(parts) == 2 and all(
        part.partition("_")[0] in names for part, names in zip(parts, wanted, strict=True)
    )


def _tidy(text: str) -> str:
    """Without the gaps that words leave which have no counterpart."""
    return re.sub(r"\s+", " ", text).strip()
