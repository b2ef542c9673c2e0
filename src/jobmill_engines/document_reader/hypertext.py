"""HTML and XHTML as a flow: what is seen of a page, with its tables, lists and filled-in fields."""

import re
from collections.abc import Collection
from html.parser import HTMLParser

from jobmill_engine import InputRejected, LimitReached
from jobmill_engines.document_reader.flow import Flow, FlowCell, Row, Run

LARGEST = 64 << 20
DEEPEST = 500
_UNSEEN = frozenset(
    ["script", "style", "head", "template", "noscript", "svg", "math", "iframe", "object", "select"]
)
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    ]
)
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_BOLD = frozenset(("b", "strong", "th", "dt", "h1", "h2", "h3", "h4", "h5", "h6"))
_ITALIC = frozenset(("i", "em", "cite"))
_OF_TABLES = frozenset(("table", "tr", "td", "th", "tbody", "thead", "tfoot"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_ROOMS = frozenset(
    ("table", "td", "th", "div", "section", "article", "body", "ul", "ol", "dl", "li", "dd")
)
_ENDED: dict[str, tuple[tuple[str, ...], Collection[str]]] = {
    "li": (("li",), ("ul", "ol")),
    "dt": (("dt", "dd"), ("dl",)),
    "dd": (("dt", "dd"), ("dl",)),
    "tr": (("tr",), ("table",)),
    "td": (("td", "th"), ("tr", "table")),
    "th": (("td", "th"), ("tr", "table")),
    "tbody": (("tbody", "thead"), ("table",)),
    "tfoot": (("tbody", "thead"), ("table",)),
    "option": (("option",), ("select",)),
}
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.I)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_BREAK = re.compile(r"(?:page-)?break-before\s*:\s*(?:always|page)", re.I)
_PIXEL = 0.75


def read_hypertext(data: bytes, called: str, flow: Flow) -> None:
    """Put what a page shows into a flow. Raises InputRejected and LimitReached."""
    if len(data) > LARGEST:
        told = f"The page {called} has {len(data) >> 20} MiB: {LARGEST >> 20} are the most"
        raise LimitReached("document_too_large", f"{told}. Split it.")
    reader = _Reader(flow, called)
    reader.feed(_decoded(data, called))
    reader.close()
    reader.finish()


def _decoded(data: bytes, called: str) -> str:
    for mark, name in (
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(name, "replace").lstrip("\ufeff")
    told = _CHARSET.search(data[:4096])
    try:
        return data.decode(told[1].decode("ascii") if told else "utf-8")
    except (LookupError, UnicodeDecodeError):
        if told and told[1].lower() not in (b"utf-8", b"utf8"):
            raise InputRejected(
                "document_damaged", f"The page {called} is not written as it says ({told[1]!r})."
            ) from None
        return data.decode("windows-1252", "replace")


class _Table:
    """A table while it is read. `loose`: it only sets a page out; its cells are paragraphs."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.cell: FlowCell | None = None
        self.loose = False


class _Reader(HTMLParser):
    """Turns tags into paragraphs and tables."""

    def __init__(self, flow: Flow, called: str) -> None:
        super().__init__(convert_charrefs=True)
        self._flow, self._called = flow, called
        self._open: list[tuple[str, bool]] = []
        self._unseen = 0
        self._runs: list[Run] = []
        self._tables: list[_Table] = []
        self._level = self._pre = 0
        self._term = self._picked = False

    def finish(self) -> None:
        """What is open at the end is closed."""
        while self._tables:
            self._end_table()
        self._flush()

    def handle_decl(self, decl: str) -> None:
        """A document type may have a name. One with declarations of its own has entities, which
        are not taken in XML either."""
        if "[" in decl:
            told = f"The page {self._called} declares entities, which is not allowed"
            raise InputRejected("document_unsafe", f"{told}. Save the document anew.")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self._close_implied(tag)
        if tag not in _VOID:
            self._enter(tag, told)
        self._picked = tag == "option" and "selected" in told
        if self._unseen:
            return
        if tag in _BLOCKS and tag not in _OF_TABLES:
            self._break(tag)
        if _BREAK.search(told.get("style", "")):
            self._flush()
            self._flow.page_break()
        if tag in _OF_TABLES:
            self._begin_of_table(tag, told)
        else:
            self._begin(tag, told)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def _enter(self, tag: str, told: dict[str, str]) -> None:
        styled = bool(_HIDDEN.search(told.get("style", "")))
        hidden = tag in _UNSEEN or "hidden" in told or styled
        self._open.append((tag, hidden))
        self._unseen += hidden
        if len(self._open) > DEEPEST:
            where = f"The page {self._called} is nested deeper than {DEEPEST} elements"
            raise LimitReached("document_too_deep", f"{where}. Save it anew.")

    def _close_implied(self, tag: str) -> None:
        """Some elements need no end tag: another one of their kind ends them."""
        ended, room = _ENDED.get(tag, (("p",), _ROOMS) if tag in _BLOCKS else ((), ()))
        for at in range(len(self._open) - 1, -1, -1):
            name = self._open[at][0]
            if name in room:
                return
            if name in ended:
                while len(self._open) > at:
                    self.handle_endtag(self._open[-1][0])
                return

    def _begin_of_table(self, tag: str, told: dict[str, str]) -> None:
        if tag == "table":
            self._break(tag)
            self._begin_table()
        elif tag == "tr" and self._tables:
            self._end_cell()
            self._tables[-1].rows.append([])
        elif tag in ("td", "th") and self._tables:
            self._begin_cell(tag, told)

    def _begin(self, tag: str, told: dict[str, str]) -> None:
        if tag == "br":
            self._runs.append(Run("\n"))
        elif tag == "pre":
            self._pre += 1
        elif tag in _HEADINGS:
            self._level = int(tag[1])
        elif tag == "input":
            self._field(told)
        elif tag == "img":
            self._picture(told)

    def _field(self, told: dict[str, str]) -> None:
        kind = told.get("type", "text").lower()
        if kind in ("checkbox", "radio"):
            if "checked" in told:
                self._runs.append(Run(f" {told.get('value', '')} "))
        elif kind not in ("hidden", "password", "submit", "button", "reset", "image", "file"):
            self._runs.append(Run(f"\t{told.get('value', '')} "))

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID or not any(name == tag for name, _ in self._open):
            return
        was_unseen = self._unseen
        while self._open:
            name, hidden = self._open.pop()
            self._unseen -= hidden
            if name == tag:
                break
        if not was_unseen:
            self._end(tag)

    def _end(self, tag: str) -> None:
        if tag == "table" and self._tables:
            self._end_table()
        elif tag in ("td", "th", "tr"):
            self._end_cell()
        elif tag == "dt":
            self._term = True
            self._runs.append(Run("\t"))
        elif tag in _BLOCKS:
            self._break(tag)
        if tag == "pre":
            self._pre = max(0, self._pre - 1)
        elif tag in _HEADINGS:
            self._level = 0

    def handle_data(self, data: str) -> None:
        if self._picked:
            self._runs.append(Run(f"\t{data} "))
            self._picked = False
        if self._unseen:
            return
        text = data if self._pre else re.sub(r"\s+", " ", data)
        if text.strip() or self._runs:
            names = {name for name, _ in self._open[-12:]}
            self._runs.append(Run(text, bool(names & _BOLD), bool(names & _ITALIC)))

    def _break(self, tag: str) -> None:
        """Where a block begins or ends; the value of a term goes on in its line."""
        if self._term and tag == "dd" and any(run.text != "\t" for run in self._runs):
            self._term = False
            return
        self._flush()

    def _flush(self) -> None:
        runs, self._runs = self._runs, []
        if not any(run.text.strip() for run in runs):
            return
        cell = self._tables[-1].cell if self._tables else None
        if cell is not None and not self._tables[-1].loose:
            cell.paragraphs.append(runs)
        else:
            self._flow.paragraph(runs, self._level)

    def _begin_table(self) -> None:
        self._flush()
        if self._tables:
            self._loosen(self._tables[-1])
        if len(self._tables) > 50:
            where = f"The page {self._called} has more than 50 tables inside of one another"
            raise LimitReached("document_too_deep", f"{where}.")
        self._tables.append(_Table())

    def _loosen(self, table: _Table) -> None:
        """A table with another one inside only sets the page out."""
        rows, table.rows = table.rows, [[]]
        table.loose = True
        for row in rows:
            for cell in row:
                for runs in cell.paragraphs:
                    self._flow.paragraph(runs)

    def _begin_cell(self, tag: str, told: dict[str, str]) -> None:
        self._end_cell()
        table = self._tables[-1]
        if not table.rows:
            table.rows.append([])
        table.cell = FlowCell(
            [], _span(told.get("colspan")), _span(told.get("rowspan")), tag == "th"
        )
        if not table.loose:
            table.rows[-1].append(table.cell)

    def _end_cell(self) -> None:
        self._flush()
        if self._tables:
            self._tables[-1].cell = None

    def _end_table(self) -> None:
        self._end_cell()
        table = self._tables.pop()
        if not table.loose:
            self._flow.table([row for row in table.rows if row])

    def _picture(self, told: dict[str, str]) -> None:
        width, height = _pixels(told.get("width")), _pixels(told.get("height"))
        if not self._tables and width * height >= 400:
            self._flush()
            self._flow.picture(width * _PIXEL, height * _PIXEL)


def _span(text: str | None) -> int:
    return min(200, max(1, int(text))) if text and re.fullmatch(r"\d{1,4}", text) else 1


def _pixels(text: str | None) -> float:
    found = re.match(r"\d{1,5}", text or "")
    return float(found[0]) if found else 0.0
