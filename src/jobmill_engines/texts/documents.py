"""Documents of facts (or AION) as texts: sentences of spoken words, and texts that were found."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from jobmill_engine.facts import Facts, Found, Word, join_words, writes_without_spaces
from jobmill_engines.texts.model import Paragraph, Sentence, Text
from jobmill_engines.texts.plain import paragraph_of, text_of_plain
from jobmill_engines.texts.sentences import ends_sentence

PAUSE_MS = 2000.0
"""A silence between two words that ends a sentence."""
LONGEST = 60
"""Words of a sentence at most, where nobody wrote punctuation."""


def text_of_facts(facts: Facts) -> Text:
    """What was said, then the texts that were found; the plain text where there is neither."""
    spoken = tuple(_spoken(facts))
    found = tuple(_found(facts.objects, "\n" if spoken else ""))
    if not spoken and not found:
        return replace(text_of_plain(facts.text or ""), language=facts.language)
    language = facts.language or _common_language(facts.objects)
    return Text((*((Paragraph(spoken),) if spoken else ()), *found), language)


def _spoken(facts: Facts) -> Iterator[Sentence]:
    between = "" if writes_without_spaces(facts.language) else " "
    for number, words in enumerate(_phrases(facts.words), 1):
        text = join_words((word.text for word in words), facts.language)
        before = between if number > 1 else ""
        start, end = words[0].start_ms, max(word.end_ms for word in words)
        yield Sentence(text, before, number=number, start_ms=start, end_ms=end)


def _phrases(words: Iterable[Word]) -> Iterator[list[Word]]:
    phrase: list[Word] = []
    for word in sorted(words, key=lambda each: each.start_ms):
        if not word.text.strip():
            continue
        if phrase and _ended(phrase, word):
            yield phrase
            phrase = []
        phrase.append(word)
    if phrase:
        yield phrase


def _ended(phrase: list[Word], word: Word) -> bool:
    last = phrase[-1]
    too_long = len(phrase) >= LONGEST or last.speaker != word.speaker
    return too_long or word.start_ms - last.end_ms > PAUSE_MS or ends_sentence(last.text.strip())


def _found(objects: Iterable[Found], before: str) -> Iterator[Paragraph]:
    last: tuple[int | None, int | None] | None = None
    sentences: list[Sentence] = []
    for each in objects:
        if each.type != "text" or not (each.text or "").strip():
            continue
        place = (each.page, each.paragraph)
        if sentences and (place != last or each.sentence is None):
            yield Paragraph(tuple(sentences))
            sentences = []
            before = "\n"
        within = " " if sentences else before
        sentences += _sentences(each, within)
        last = place
    if sentences:
        yield Paragraph(tuple(sentences))


def _sentences(found: Found, before: str) -> Iterator[Sentence]:
    """One that is numbered is one sentence; any other text is split."""
    text = (found.text or "").strip()
    if found.sentence is not None:
        whole = Sentence(" ".join(text.split()), before, number=found.sentence)
        split: tuple[Sentence, ...] = (whole,)
    else:
        split = paragraph_of(text, before, found.paragraph).sentences
        split = tuple(replace(each, number=None) for each in split) if len(split) == 1 else split
    for each in split:
        yield replace(
            each,
            page=found.page,
            paragraph=found.paragraph,
            start_ms=found.start_ms,
            end_ms=found.end_ms,
        )


def _common_language(objects: Iterable[Found]) -> str | None:
    languages = {each.language for each in objects if each.type == "text" and each.text}
    return languages.pop() if len(languages) == 1 else None
