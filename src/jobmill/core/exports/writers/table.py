"""CSV (RFC 4180): one row a fact, in one set of columns for every kind of fact."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from jobmill_engine.facts import Facts

COLUMNS = (
    "kind", "start_ms", "end_ms", "label", "text", "confidence", "speaker", "page", "paragraph",
    "sentence", "language", "positive", "negative",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_csv(facts: Facts) -> str:
    """Rows of words, objects and spans. A text that a spreadsheet would run as a formula begins
    with an apostrophe."""
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS, restval="")
    writer.writeheader()
    for row in _rows(facts):
        writer.writerow({name: _cell(value) for name, value in row.items() if value is not None})
    return file.getvalue()


def _rows(facts: Facts) -> Iterator[dict[str, Any]]:
    for word in facts.words:
        yield {
            "kind": "word",
            "start_ms": word.start_ms,
            "end_ms": word.end_ms,
            "text": word.text,
            "confidence": word.confidence,
            "speaker": word.speaker,
        }
    for found in facts.objects:
        felt = found.sentiment
        yield {
            "kind": found.type,
            "start_ms": found.start_ms,
            "end_ms": found.end_ms,
            "label": found.label,
            "text": found.text,
            "confidence": found.confidence,
            "page": found.page,
            "paragraph": found.paragraph,
            "sentence": found.sentence,
            "language": found.language,
            "positive": felt and felt.positive,
            "negative": felt and felt.negative,
        }
    for span in facts.spans:
        times = {"start_ms": span.start_ms, "end_ms": span.end_ms}
        yield {"kind": "span", **times, "label": span.label}
    if facts.text is not None and not facts.words:
        yield {"kind": "whole", "text": facts.text, "language": facts.language}
    if facts.sentiment is not None:
        felt = facts.sentiment
        yield {"kind": "sentiment", "positive": felt.positive, "negative": felt.negative}
    for guess in facts.languages:
        yield {"kind": "language", "language": guess.language, "confidence": guess.confidence}


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
