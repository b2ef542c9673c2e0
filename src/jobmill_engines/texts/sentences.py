"""Where sentences and paragraphs end, for scripts with and without spaces. Pure; no model."""

import re
from collections.abc import Iterator
from pathlib import Path

from jobmill_engines.texts.words import read_words

_END = re.compile(
    r"""(?P<mark>[.!?…]+)(?P<close>["'”’»)\]]*)(?=\s)|[。！？｡]+[」』”’）]*|[।॥؟](?=\s)"""
)
_ABBREVIATIONS = read_words(Path(__file__).with_name("abbreviations.txt"))
_BULLET = re.compile(r"\s*(?:[-*•–—‣]|\(?\d{1,3}[.)])\s")
_PARAGRAPH = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_SHORT_LINE = 0.6


def split_paragraphs(text: str) -> Iterator[tuple[str, str]]:
    """(what stands before, paragraph): blank lines, list items and headings set them apart."""
    place = 0
    for block, before in _blocks(text):
        for line_before, part in _parts(block):
            yield (before + line_before if place else ""), part
            before = ""
            place += 1


def split_sentences(paragraph: str) -> Iterator[tuple[str, str]]:
    """(what stands before, sentence), of one paragraph; line breaks in a sentence become spaces."""
    start = 0
    before = ""
    for end in [*_ends(paragraph), len(paragraph)]:
        piece = paragraph[start:end]
        sentence = " ".join(piece.split())
        if sentence:
            gap = len(piece) - len(piece.lstrip())
            yield (before + " " * bool(gap) if start else ""), sentence
            before = ""
        start = end


def ends_sentence(word: str) -> bool:
    """Whether a sentence may end with this word of a transcript."""
    found = _END.search(word + " ")
    return (
        found is not None and found.end() == len(word) and not _abbreviated(word[: found.start()])
    )


def _ends(text: str) -> Iterator[int]:
    for found in _END.finditer(text):
        rest = text[found.end() :].lstrip()
        head = text[: found.start()]
        if rest[:1].islower():
            continue
        if found["mark"] == "." and (_abbreviated(head) or _is_item(head)):
            continue
        yield found.end()


def _abbreviated(head: str) -> bool:
    """Whether what stands before a dot is a known short form, or one letter as in J. Smith."""
    word = head.split()[-1].lstrip("(\"'“‘«[") if head.split() else ""
    single = len(word) == 1 and word.isalpha() and word.isupper() and word != "I"
    return single or word.lower() in _ABBREVIATIONS


def _is_item(head: str) -> bool:
    """The number of a list item: nothing but digits so far."""
    return head.strip().isdigit()


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    start, before = 0, ""
    for gap in [*_PARAGRAPH.finditer(text), None]:
        block = text[start : gap.start() if gap else len(text)]
        if block.strip():
            yield block.strip("\n"), before
        if gap:
            start, before = gap.end(), "\n\n"


def _parts(block: str) -> Iterator[tuple[str, str]]:
    """A block's lines, put together where a sentence was only broken to fit the page."""
    lines = [line for line in block.split("\n") if line.strip()]
    longest = max(map(len, lines))
    part, number = "", 0
    for line in lines:
        if part and not _goes_on(part.rsplit("\n", 1)[-1], line, longest):
            yield "\n" * bool(number), part.strip()
            part, number = "", number + 1
        part = f"{part}\n{line}" if part else line
    yield "\n" * bool(number), part.strip()


def _goes_on(line: str, after: str, longest: int) -> bool:
    return len(line) >= longest * _SHORT_LINE and not _BULLET.match(after)
