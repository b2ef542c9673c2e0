"""Rows of one table saved as a transition made them: the columns that changed, and no others.

An UPDATE that names a column writes, or looks through, every index over it, changed or not.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from jobmill.adapters.sql.connection import Connection


class SavedRows:
    """What is known of rows read in this transaction. A row that is not known is saved whole."""

    def __init__(self, connection: Connection, table: str) -> None:
        self._db = connection
        self._table = table
        self._known: dict[int, Mapping[str, Any]] = {}

    def read(self, columns: Mapping[str, Any]) -> None:
        """A row as it stands, by its `number`."""
        self._known[columns["number"]] = columns

    def save(self, columns: Mapping[str, Any]) -> None:
        """Write what differs from the row as it was read."""
        number = columns["number"]
        known = self._known.get(number)
        if known is None:
            changed = {name: value for name, value in columns.items() if name != "number"}
        else:
            changed = {name: columns[name] for name in columns if columns[name] != known[name]}
        if changed:
            statement = _update(self._table, tuple(changed))
            self._db.raw.execute(statement, (*changed.values(), number))
        self._known[number] = columns

    def forget(self) -> None:
        """What was saved was undone."""
        self._known.clear()


@cache
def _update(table: str, columns: tuple[str, ...]) -> str:
    values = ", ".join(f"{column} = ?" for column in columns)
    return f"UPDATE {table} SET {values} WHERE number = ?"  # noqa: S608
