"""A file of rows that is read a few hundred at a time. Blocking: for a thread."""

from collections.abc import Iterator
from pathlib import Path

from jobmill.core.jobs.batches.ingest import Ingest, Phase
from jobmill.core.jobs.batches.rows import Row, RowFormat, RowsBroken, read_rows
from jobmill.core.jobs.batches.rows.cells import SeenKeys
from jobmill.core.jobs.service.ingest.start import MAX_ROWS
from jobmill.core.jobs.service.ingest.steps import Read

STEP = 500
STEP_BYTES = 4 * 2**20
"""Rows of one transaction: so many, and about so many bytes."""


class RowFile:
    """Its rows from where a batch has come to; `phase` is what is done with them."""

    def __init__(self, path: Path, kind: RowFormat) -> None:
        self._file = path.open("rb")
        self._size = path.stat().st_size
        self._kind = kind
        self._rows: Iterator[Row] = iter(())
        self._keys: SeenKeys | None = None
        self.phase = Phase.MAKING

    def begin(self, ingest: Ingest) -> None:
        """Go to where the batch has come to. Keys of rows before that count as seen."""
        self.phase = ingest.phase
        self._keys = SeenKeys(ingest.key) if ingest.key is not None else None
        if self._keys is not None and ingest.row:
            for row in read_rows(self._file, self._kind):
                if row.number == ingest.row:
                    break
                self._keys.checked([row])
        self._rows = read_rows(self._file, self._kind, ingest.place, ingest.row)

    def next(self) -> Read:
        """The next rows."""
        rows: list[Row] = []
        began: int | None = None
        try:
            for row in self._rows:
                if row.number >= MAX_ROWS:
                    raise RowsBroken(f"There are more than {MAX_ROWS} rows; the others are left.")
                rows.append(row)
                began = row.end if began is None else began
                if len(rows) == STEP or row.end - began >= STEP_BYTES:
                    return Read(self._told_apart(rows), False, self._size)
        except RowsBroken as broken:
            return Read(self._told_apart(rows), True, self._size, str(broken))
        return Read(self._told_apart(rows), True, self._size)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _told_apart(self, rows: list[Row]) -> list[Row]:
        return rows if self._keys is None else self._keys.checked(rows)
