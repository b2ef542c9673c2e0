"""XML without document types, entities and endless nesting, as a tree."""

from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from jobmill_engine import InputRejected, LimitReached

DEEPEST = 200
MOST_ELEMENTS = 5_000_000


def parse_xml(data: bytes, called: str) -> Element:
    """The root. Raises InputRejected and LimitReached."""
    builder = _Builder(called)
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = builder.doctype
    parser.buffer_text = True
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        told = f"The part {called} is no well-formed XML ({error}). Save the document anew."
        raise InputRejected("document_damaged", told) from None
    return builder.root()


class _Builder:
    """Builds the tree and watches its size."""

    def __init__(self, called: str) -> None:
        self._tree = TreeBuilder()
        self._called = called
        self._depth = self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._count += 1
        if self._depth > DEEPEST:
            told = f"The part {self._called} is nested deeper than {DEEPEST} elements"
            raise LimitReached("document_too_deep", f"{told}. Save the document anew.")
        if self._count > MOST_ELEMENTS:
            told = f"The part {self._called} has more than {MOST_ELEMENTS:,} elements"
            raise LimitReached("document_too_large", f"{told}. Split the document.")
        self._tree.start(name, attributes)

    def end(self, name: str) -> None:
        self._depth -= 1
        self._tree.end(name)

    def data(self, text: str) -> None:
        self._tree.data(text)

    def doctype(self, *_: object) -> None:
        told = f"The part {self._called} declares a document type or entities, which is not allowed"
        raise InputRejected("document_unsafe", f"{told}. Save the document anew.")

    def root(self) -> Element:
        return self._tree.close()
