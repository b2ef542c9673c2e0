"""Sentences as pieces that a translator can take: none too long, none with a line break. Pure."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

BATCH = 64
LONGEST = 600
"""Characters of one piece. Models are made for sentences, and leave out the end of long ones."""
_CLAUSE = re.compile(r"[,;:–—、，；：]\s*|\s+")


def cut(sentence: str) -> list[str]:
    """A sentence, or its clauses if it is very long; all of it, in order."""
    rest = " ".join(sentence.split())
    pieces = []
    while len(rest) > LONGEST:
        at = _place(rest)
        pieces.append(rest[:at].strip())
        rest = rest[at:].strip()
    return [*pieces, rest] if rest else pieces


def _place(text: str) -> int:
    """Where to cut: behind the last comma of the second half, else at a space, else anywhere."""
    ends = [(found.end(), found[0].isspace()) for found in _CLAUSE.finditer(text, 0, LONGEST)]
    late = [end for end, space in ends if not space and end > LONGEST // 2]
    return (late or [end for end, _ in ends] or [LONGEST])[-1]


def batches(pieces: Sequence[str], size: int) -> Iterator[list[str]]:
    """The pieces, some at a time."""
    ahead = iter(pieces)
    while batch := list(islice(ahead, size)):
        yield batch


def put_together(pieces: Sequence[Sequence[str]], done: Sequence[str]) -> list[str]:
    """What became of each sentence's pieces, as one text again."""
    ahead = iter(done)
    return [" ".join(islice(ahead, len(each))).strip() for each in pieces]
