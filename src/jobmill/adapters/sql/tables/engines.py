"""Engines that are services: the registered ones, and what they may do while an attempt runs."""

import sqlalchemy as sa

from jobmill.adapters.sql.tables.columns import (
    int_column,
    json_column,
    json_list_column,
    metadata,
    number_column,
    owner_column,
    table,
    text_column,
    time_column,
)

engine = sa.Table(
    "engine",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    owner_column(),
    json_column("manifest"),
    time_column("created_at", null=False),
    sqlite_with_rowid=False,
)
attempt_grant = sa.Table(
    "attempt_grant",
    metadata,
    sa.Column("attempt", sa.ForeignKey("attempt.number", ondelete="CASCADE"), primary_key=True),
    text_column("secret_sha256"),
    text_column("folder"),
    json_list_column("files"),
    time_column("expires_at", null=False),
    sqlite_with_rowid=False,
)
grant_message = table(
    "grant_message",
    number_column(),
    sa.Column(
        "attempt", sa.ForeignKey("attempt_grant.attempt", ondelete="CASCADE"), nullable=False
    ),
    int_column("call"),
    text_column("kind"),
    json_column("body"),
    text_column("file", null=True),
    text_column("media_type"),
    sa.Index("ix_grant_message", "attempt", "number"),
)
