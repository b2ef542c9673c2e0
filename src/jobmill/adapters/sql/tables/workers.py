"""Processes that execute attempts."""

import sqlalchemy as sa

from jobmill.adapters.sql.tables.columns import int_column, metadata, text_column, time_column

worker = sa.Table(
    "worker",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    int_column("pid"),
    text_column("host"),
    int_column("slots"),
    text_column("pools", null=True),
    time_column("started_at", null=False),
    time_column("beat_at", null=False),
    sqlite_with_rowid=False,
)
