"""Plain text as paragraphs of sentences. Pure."""

from jobmill_engines.texts.model import Paragraph, Sentence, Text
from jobmill_engines.texts.sentences import split_paragraphs, split_sentences


def text_of_plain(text: str) -> Text:
    """The paragraphs, numbered from 1, and the sentences in each."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")
    paragraphs = [
        paragraph_of(part, before, number)
        for number, (before, part) in enumerate(split_paragraphs(plain), 1)
    ]
    return Text(tuple(paragraphs))


def paragraph_of(text: str, before: str, number: int | None) -> Paragraph:
    """One paragraph. `before`: what separates it from the one before it."""
    sentences = [
        Sentence(sentence, gap if place > 1 else before, None, number, place)
        for place, (gap, sentence) in enumerate(split_sentences(text), 1)
    ]
    return Paragraph(tuple(sentences))
