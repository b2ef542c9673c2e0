"""Uploads under way."""

import sqlalchemy as sa

from jobmill.adapters.sql.tables.columns import (
    int_column,
    number_column,
    owner_column,
    table,
    text_column,
    time_column,
)

upload = table(
    "upload",
    number_column(),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    owner_column(),
    sa.Column("user", sa.ForeignKey("user.number"), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    text_column("name"),
    text_column("media_type"),
    text_column("path", null=True),
    text_column("asset", null=True),
    int_column("asset_waits"),
    text_column("metadata"),
    time_column("created_at", null=False),
    time_column("expires_at", null=False),
    time_column("done_at"),
    sa.Index("ix_upload_expires_at", "expires_at"),
)
