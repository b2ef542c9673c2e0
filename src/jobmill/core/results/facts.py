"""The core's document of facts. It is the language between engines and server, so its records and
rules lie in the kit (`jobmill_engine.facts`), which both know; see decision 0017."""

from jobmill_engine.facts import (
    FACTS_MEDIA_TYPE,
    Alternative,
    Chunk,
    Facts,
    FactsInvalid,
    Found,
    LanguageGuess,
    Media,
    Point,
    Sentiment,
    Span,
    Word,
    collate,
    join_words,
    read_facts,
    text_of,
    write_facts,
    writes_without_spaces,
)

__all__ = [
    "FACTS_MEDIA_TYPE",
    "Alternative",
    "Chunk",
    "Facts",
    "FactsInvalid",
    "Found",
    "LanguageGuess",
    "Media",
    "Point",
    "Sentiment",
    "Span",
    "Word",
    "collate",
    "join_words",
    "read_facts",
    "text_of",
    "write_facts",
    "writes_without_spaces",
]
