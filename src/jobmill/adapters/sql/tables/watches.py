"""Folders that are watched, and the files of them that were seen."""

import sqlalchemy as sa

from jobmill.adapters.sql.tables.columns import (
    id_column,
    int_column,
    json_column,
    metadata,
    number_column,
    owner_column,
    table,
    text_column,
    time_column,
)

watch = table(
    "watch",
    number_column(),
    id_column(),
    owner_column(),
    sa.Column("user", sa.ForeignKey("user.number"), nullable=False),
    text_column("path"),
    text_column("pattern"),
    int_column("recursive"),
    int_column("existing"),
    sa.Column("settle_seconds", sa.Float, nullable=False),
    text_column("pipeline", null=True),
    json_column("features"),
    json_column("params"),
    int_column("paused", 0),
    # Of the first release; the first look has been part of making a watch since.
    int_column("first_look_done", 0),
    text_column("error", null=True),
    time_column("created_at", null=False),
    sa.Index("ix_watch_list", "organization", "number"),
)
# What stands here is never started again: one row a file, with what it was like when it was taken.
watch_file = sa.Table(
    "watch_file",
    metadata,
    sa.Column("watch", sa.ForeignKey("watch.number", ondelete="CASCADE"), primary_key=True),
    sa.Column("path", sa.Text, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("mtime_ns", sa.BigInteger, nullable=False),
    text_column("job", null=True),
    time_column("taken_at", null=False),
    sa.Index("ix_watch_file_taken", "watch", "taken_at"),
    sqlite_with_rowid=False,
)
