"""From what a person types to a query of the index: nothing that is typed is taken as syntax.

Words must all be there, in any order and place; "quoted words" as a phrase; a word that ends with
an asterisk stands for all that begin so.
"""

import re

from jobmill.core.errors import InvalidInput

MAX_LENGTH, MAX_TERMS = 500, 20
_TERM = re.compile(r'"([^"]*)"?|(\S+)')


def match_of(typed: str) -> str:
    """An FTS5 expression of quoted strings. Raises InvalidInput when no word is given."""
    if len(typed) > MAX_LENGTH:
        raise InvalidInput(f"q: at most {MAX_LENGTH} characters.", field="q")
    terms = [term for found in _TERM.finditer(typed) if (term := _term(found))]
    if not terms:
        raise InvalidInput("q: give at least one word.", field="q")
    if len(terms) > MAX_TERMS:
        raise InvalidInput(f"q: at most {MAX_TERMS} words.", field="q")
    return " AND ".join(terms)


def _term(found: re.Match[str]) -> str:
    phrase, word = found[1], found[2]
    text = phrase if word is None else word.replace('"', " ")
    begins = word is not None and text.endswith("*")
    text = text.rstrip("*").replace("\x00", " ").strip()
    if not any(letter.isalnum() for letter in text):
        return ""
    return f'"{text}"' + ("*" if begins else "")
