"""Insert thousands of rows of one table in a few statements, each bound once: a tenth of the work
of a statement for each row, most of which is binding what all rows have in common."""

from collections.abc import Mapping, Sequence
from itertools import chain, islice, repeat
from operator import is_
from typing import Any

from jobmill.adapters.sql.connection import Connection

_PARAMETERS = 4_000
"""In one statement. SQLite takes eight times as many, and gains nothing by it."""


def insert_rows(
    db: Connection, table: str, rows: Sequence[Mapping[str, Any]], verb: str = "INSERT"
) -> None:
    """Insert rows, in their order; all have the columns of the first."""
    if rows:
        insert_columns(db, table, {name: [row[name] for row in rows] for name in rows[0]}, {}, verb)


def insert_columns(
    db: Connection,
    table: str,
    columns: Mapping[str, Sequence[Any]],
    same: Mapping[str, Any],
    verb: str = "INSERT",
) -> None:
    """Insert rows that are given by their columns, all of one length, and by what is the same in
    all of them. Needs a column."""
    own = {name: values for name, values in columns.items() if not all_same(values)}
    own = own or dict(list(columns.items())[:1])
    shared = {**same, **{name: columns[name][0] for name in columns if name not in own}}
    picked = [
        *(f"?{place}" for place in range(1, len(shared) + 1)),
        *(f"column{place}" for place in range(1, len(own) + 1)),
    ]
    into = f"{verb} INTO {table} ({', '.join([*shared, *own])}) SELECT {', '.join(picked)}"
    row = f"({', '.join('?' * len(own))})"
    lines = zip(*own.values(), strict=True)
    while some := list(islice(lines, max(1, _PARAMETERS // len(own)))):
        db.raw.execute(
            f"{into} FROM (VALUES {', '.join([row] * len(some))})",
            [*shared.values(), *chain.from_iterable(some)],
        )


def all_same(values: Sequence[Any]) -> bool:
    """Whether all are one object: what is merely equal may differ, as 1 and true do in JSON."""
    return all(map(is_, values, repeat(values[0])))
