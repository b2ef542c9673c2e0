"""Go through a file of rows. What is wrong with one row is that row's alone, wherever its end can
still be told; what ends the reading is `RowsBroken`."""

import csv
import re
from collections.abc import Iterator
from typing import BinaryIO

from jobmill.core.jobs.batches.rows.model import (
    LONGEST_ROW,
    Row,
    RowFormat,
    RowProblem,
    RowsBroken,
)
from jobmill.core.jobs.batches.rows.values import (
    BOM,
    NotARow,
    encoding_of,
    too_long,
    value_of,
)

PIECE = 1 << 16
_WORD = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[][{},"]', re.DOTALL)
_SIGN = re.compile(rb"[^ \t\r\n]")
_SPACE = b" \t\r\n"
_DELIMITERS = (",", ";", "\t")
# Of a cell, for the whole process; the reader would take what follows a longer one for rows.
csv.field_size_limit(max(csv.field_size_limit(), LONGEST_ROW))


def read_rows(file: BinaryIO, kind: RowFormat, place: int = 0, number: int = 0) -> Iterator[Row]:
    """The rows from number `number` on, which begins at byte `place` (0: at the file's start).

    Raises RowsBroken where the rest cannot be told apart.
    """
    file.seek(0)
    head = file.read(4)
    if (other := encoding_of(head)) is not None:
        raise RowsBroken(f"The file is {other}, not UTF-8; save it as UTF-8.")
    begin = len(BOM) if head.startswith(BOM) else 0
    if kind is RowFormat.CSV:
        yield from _csv(file, begin, place, number)
    else:
        file.seek(place or begin)
        read = _lines if kind is RowFormat.JSONL else _items
        yield from read(file, place or begin, number)


def _row(number: int, end: int, text: bytes) -> Row:
    try:
        return Row(number, end, value_of(text))
    except NotARow as refused:
        return Row(number, end, problem=refused.problem)


def _lines(file: BinaryIO, place: int, number: int) -> Iterator[Row]:
    """JSON lines. Empty ones are no rows."""
    while line := file.readline(LONGEST_ROW + 2):
        place += len(line)
        if len(line) > LONGEST_ROW and not line.endswith(b"\n"):
            while rest := file.readline(PIECE):
                place += len(rest)
                if rest.endswith(b"\n"):
                    break
            yield Row(number, place, problem=too_long().problem)
            number += 1
        elif text := line.strip(_SPACE):
            yield _row(number, place, text)
            number += 1


def _items(file: BinaryIO, place: int, number: int) -> Iterator[Row]:
    """The items of a JSON list. Each ends where its brackets are closed, right or wrong."""
    scan = _Scan(file, place)
    if number == 0 and scan.next_sign() != b"[":
        raise RowsBroken("The file is no JSON list: it must begin with '['.")
    if number == 0:
        scan.skip(1)
        if scan.next_sign() == b"]":
            return
    while True:
        text, sign = scan.item(number)
        scan.skip(1)
        yield _row(number, scan.place, text)
        number += 1
        if sign == b"]":
            if scan.next_sign():
                raise RowsBroken(f"There is more behind the list, from byte {scan.place + 1} on.")
            return


class _Scan:
    """A window that moves over the file. `place` is that of the byte that is looked at."""

    def __init__(self, file: BinaryIO, place: int) -> None:
        self._file = file
        self._window = b""
        self._at = 0
        self.place = place

    def skip(self, count: int) -> None:
        """Leave so many bytes behind."""
        self._at += count
        self.place += count

    def next_sign(self) -> bytes:
        """The next byte that is no space, to which the place moves; none at the end."""
        while True:
            found = _SIGN.search(self._window, self._at)
            self.skip((found.start() if found else len(self._window)) - self._at)
            if found:
                return found.group()
            if not self._more():
                return b""

    def item(self, number: int) -> tuple[bytes, bytes]:
        """The bytes of an item, and the comma or bracket behind it, to which the place moves."""
        at, depth = self._at, 0
        while True:
            for word in _WORD.finditer(self._window, at):
                sign = word.group()
                if sign == b'"':
                    break  # a string whose end has not been read
                at = word.end()
                if sign in (b"[", b"{"):
                    depth += 1
                elif depth == 0 and sign in (b",", b"]"):
                    text = self._window[self._at : word.start()]
                    self.skip(len(text))
                    return text.strip(_SPACE), sign
                elif sign in (b"]", b"}"):
                    depth = max(0, depth - 1)
            at -= self._at
            if len(self._window) - self._at > 2 * LONGEST_ROW:
                raise RowsBroken(f"Row {number} does not end within {LONGEST_ROW} bytes.")
            if not self._more():
                raise RowsBroken(f"The list ends within row {number}: a bracket or quote is open.")

    def _more(self) -> bool:
        # As much again as is not done with: an open string is looked through anew each time.
        left = self._window[self._at :]
        piece = self._file.read(max(PIECE, len(left)))
        self._window, self._at = left + piece, 0
        return bool(piece)


def _csv(file: BinaryIO, begin: int, place: int, number: int) -> Iterator[Row]:
    file.seek(begin)
    lines = _Lines(file, begin, 0)
    first = next(lines, "")
    if not first.strip():
        raise RowsBroken("The file is empty: its first line must name the columns.")
    delimiter = next((sign for sign in _DELIMITERS if sign in first), ",")
    lines.push(first)
    header = _header(csv.reader(lines, strict=True, delimiter=delimiter))
    if place:
        file.seek(place)
        lines = _Lines(file, place, number)
    records = csv.reader(lines, strict=True, delimiter=delimiter)
    while True:
        lines.begin(number)
        try:
            cells = next(records, None)
        except NotARow as refused:
            yield Row(number, lines.place, problem=refused.problem)
            number += 1
            continue
        except csv.Error as error:
            yield Row(number, lines.place, problem=RowProblem(f"It is not valid CSV: {error}."))
            number += 1
            continue
        if cells is None:
            return
        if cells:
            yield _record(number, lines.place, header, cells)
            number += 1


def _header(records: Iterator[list[str]]) -> list[str]:
    try:
        header = [name.strip() for name in next(records)]
    except csv.Error as error:
        raise RowsBroken(f"The line of column names is not valid CSV: {error}.") from None
    for name in header:
        if not name or not name.isprintable():
            raise RowsBroken(f"Column {header.index(name) + 1} has no name in UTF-8.")
        if header.count(name) > 1:
            raise RowsBroken(f"The column {name!r} is there twice.")
    return header


def _record(number: int, end: int, header: list[str], cells: list[str]) -> Row:
    if len(cells) < len(header):
        missing = header[len(cells)]
        said = f"It has {len(cells)} cells, and {len(header)} columns: {missing!r} is missing."
        return Row(number, end, problem=RowProblem(said, missing))
    if len(cells) > len(header):
        said = f"It has {len(cells)} cells, and only {len(header)} columns."
        return Row(number, end, problem=RowProblem(said))
    for name, cell in zip(header, cells, strict=True):
        if not cell.isascii() and any("\udc80" <= sign <= "\udcff" for sign in cell):
            return Row(number, end, problem=RowProblem("It is not UTF-8.", name))
    return Row(number, end, dict(zip(header, cells, strict=True)))


class _Lines:
    """The lines of a file as text, for the reader of CSV, which takes as many as a row needs."""

    def __init__(self, file: BinaryIO, place: int, number: int) -> None:
        self._file = file
        self._pushed: str | None = None
        self._began = place
        self._number = number
        self.place = place

    def begin(self, number: int) -> None:
        """A row begins here."""
        self._began, self._number = self.place, number

    def push(self, line: str) -> None:
        """Give this line once more."""
        self._pushed = line

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if self._pushed is not None:
            line, self._pushed = self._pushed, None
            return line
        first = self.place == self._began
        raw = self._file.readline(LONGEST_ROW + 2)
        if not raw:
            raise StopIteration
        self.place += len(raw)
        if self.place - self._began > LONGEST_ROW:
            if first and self._closed_behind(raw):
                raise too_long()
            raise RowsBroken(
                f"Row {self._number} does not end within {LONGEST_ROW} bytes: is a quote open?"
            )
        # What is not UTF-8 is told apart later, with the column that it is in.
        return raw.decode(errors="surrogateescape")

    def _closed_behind(self, raw: bytes) -> bool:
        """Go to the end of a line; whether no quote is open there, so that the row ends, too."""
        quotes = raw.count(b'"')
        while not raw.endswith(b"\n") and (raw := self._file.readline(PIECE)):
            self.place += len(raw)
            quotes += raw.count(b'"')
        return quotes % 2 == 0
