"""Documents of facts: what engines say about media and texts, in one shape.

`read_facts` checks a JSON document, `write_facts` makes one, `collate` joins those of chunks. Pure,
and without dependencies: engines and servers use the same code.
"""

from jobmill_engine.facts.chunk import Chunk
from jobmill_engine.facts.collate import collate
from jobmill_engine.facts.model import (
    Alternative,
    Facts,
    Found,
    LanguageGuess,
    Media,
    Point,
    Sentiment,
    Span,
    Word,
)
from jobmill_engine.facts.reading import FACTS_MEDIA_TYPE, FactsInvalid, read_facts
from jobmill_engine.facts.text import (
    join_words,
    needs_space,
    text_of,
    writes_without_spaces,
)
from jobmill_engine.facts.writing import write_facts

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
    "needs_space",
    "read_facts",
    "text_of",
    "write_facts",
    "writes_without_spaces",
]
