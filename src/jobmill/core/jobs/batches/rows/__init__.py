"""The rows of a batch as they lie in a file: a JSON list, JSON lines, or CSV with a header.

Read one after the other in little memory, from any row on whose place in bytes is known.
"""

from jobmill.core.jobs.batches.rows.model import (
    LONGEST_ROW,
    Row,
    RowFormat,
    RowProblem,
    RowsBroken,
    format_of,
)
from jobmill.core.jobs.batches.rows.reading import read_rows

__all__ = [
    "LONGEST_ROW",
    "Row",
    "RowFormat",
    "RowProblem",
    "RowsBroken",
    "format_of",
    "read_rows",
]
