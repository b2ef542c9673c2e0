"""Facts about jobs, in their order."""

import sqlalchemy as sa

from jobmill.adapters.sql.tables.columns import (
    json_column,
    number_column,
    table,
    text_column,
    time_column,
)

event = table(
    "event",
    number_column(),
    sa.Column("job", sa.ForeignKey("job.number"), nullable=False),
    text_column("type"),
    text_column("task", null=True),
    json_column("data"),
    time_column("at", null=False),
    sa.Index("ix_event_job", "job", "number"),
)
