"""The tables, as SQLAlchemy metadata: the source of the migrations and of the schema's reference.

A file a subject; `columns` says how columns are made. Importing this package loads them all.
"""

from jobmill.adapters.sql.tables import (
    accounts,
    batches,
    capacity,
    engines,
    events,
    exports,
    items,
    jobs,
    marks,
    pipelines,
    reviews,
    search,
    sharing,
    speeds,
    truths,
    uploads,
    watches,
    webhooks,
    work,
    workers,
)
from jobmill.adapters.sql.tables.columns import metadata

__all__ = [
    "accounts", "batches", "capacity", "engines", "events", "exports", "items", "jobs", "marks",
    "metadata", "pipelines", "reviews", "search", "sharing", "speeds", "truths", "uploads",
    "watches", "webhooks", "work", "workers",
]  # fmt: skip
