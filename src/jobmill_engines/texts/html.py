"""The readable text of an HTML page. Knows which elements set paragraphs apart; shows nothing."""

from html.parser import HTMLParser

_BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "caption", "dd", "details", "div"),
        *("dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hr", "li"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "main", "nav", "ol", "p", "pre", "section"),
        *("summary", "table", "td", "th", "tr", "ul"),
    }
)
_UNSEEN = frozenset(
    {"head", "script", "style", "template", "noscript", "svg", "math", "iframe", "object"}
)


def text_of_html(page: str) -> tuple[str, str | None]:
    """The text, its paragraphs set apart by blank lines, and the language that the page names."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    blocks = (" ".join(block.split()) for block in "".join(reader.pieces).split("\0"))
    return "\n\n".join(block for block in blocks if block), reader.language


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.language: str | None = None
        self._unseen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "html":
            self.language = dict(attrs).get("lang") or None
        if tag == "body":
            self._unseen.clear()  # a head need not be closed
        if tag in _UNSEEN:
            self._unseen.append(tag)
        self._set_apart(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._unseen:
            del self._unseen[self._unseen.index(tag) :]
        self._set_apart(tag)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.pieces.append(data.replace("\0", ""))

    def _set_apart(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.pieces.append("\0")
        elif tag == "br":
            self.pieces.append(" ")
