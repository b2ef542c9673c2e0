"""What a person or a program reads: results on stdout, messages on stderr, JSON or tables.

Terminals get colour and width; pipes get plain columns that nothing cuts off.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

STYLES = {
    "completed": "green",
    "done": "green",
    "ok": "green",
    "failed": "red",
    "fail": "red",
    "cancelled": "yellow",
    "cancelling": "yellow",
    "warn": "yellow",
    "running": "cyan",
    "blocked": "magenta",
}


def console(*, messages: bool = False) -> "Console":
    """Rich's view on stdout, or on stderr for messages."""
    from rich.console import Console

    return Console(stderr=messages, highlight=False)


def emit(value: Any) -> None:
    """One JSON value on one line of stdout."""
    print(json.dumps(value, ensure_ascii=False, default=_plain), flush=True)


def say(text: str) -> None:
    """A line of the answer, on stdout."""
    print(text, flush=True)


def note(text: str) -> None:
    """A message beside the answer, on stderr."""
    print(text, file=sys.stderr, flush=True)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Rows under headings. A cell that names a state is coloured where colours are shown."""
    texts = [["" if cell is None else str(cell) for cell in row] for row in rows]
    if sys.stdout.isatty():
        _drawn(columns, texts)
    else:
        _aligned([[column.upper() for column in columns], *texts])


def _drawn(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    drawn = Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for row in rows:
        drawn.add_row(*(Text(cell, style=STYLES.get(cell, "")) for cell in row))
    console().print(drawn)


def _aligned(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())
    sys.stdout.flush()


def facts(pairs: Mapping[str, object]) -> None:
    """Names and values, one a line; what is None or empty is left out."""
    shown = {name: value for name, value in pairs.items() if value not in (None, "", (), [], {})}
    width = max(map(len, shown), default=0)
    for name, value in shown.items():
        say(f"{name.ljust(width)}  {value}")


def clock(at: datetime | None) -> str:
    """A time as this machine's clock shows it."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S") if at else ""


def offset(milliseconds: float) -> str:
    """A place in a file: `0:01.969`, with hours where there are some."""
    seconds, rest = divmod(round(milliseconds), 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    front = f"{hour}:{minute:02}" if hour else f"{minute}"
    return f"{front}:{second:02}.{rest:03}"


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
