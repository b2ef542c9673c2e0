"""Jobs that were made together, and actions on many jobs."""

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

batch = table(
    "batch",
    number_column(),
    id_column(),
    owner_column(),
    sa.Column("owner", sa.ForeignKey("user.number"), nullable=False),
    text_column("name", null=True),
    int_column("size"),
    time_column("created_at", null=False),
    sa.Column("state", sa.Text, nullable=False, server_default="ready"),
    text_column("pipeline", null=True),
    int_column("strict", 1),
    sa.Column("total", sa.Integer),
    sa.Column("processed", sa.Integer),
    int_column("invalid", 0),
    text_column("error", null=True),
    sa.Index("ix_batch_list", "organization", "number"),
)
batch_error = sa.Table(
    "batch_error",
    metadata,
    sa.Column("batch", sa.ForeignKey("batch.number", ondelete="CASCADE"), primary_key=True),
    sa.Column("row", sa.Integer, primary_key=True),
    text_column("field"),
    text_column("message"),
    sqlite_with_rowid=False,
)
ingest = sa.Table(
    "ingest",
    metadata,
    sa.Column("job", sa.ForeignKey("job.number", ondelete="CASCADE"), primary_key=True),
    sa.Column(
        "batch", sa.ForeignKey("batch.number", ondelete="CASCADE"), nullable=False, unique=True
    ),
    sa.Column("asset", sa.Integer, nullable=False),
    text_column("format"),
    json_column("jobs"),
    text_column("key", null=True),
    text_column("callback", null=True),
    text_column("phase"),
    sa.Column("place", sa.BigInteger, nullable=False, server_default="0"),
    int_column("row", 0),
    text_column("user_name"),
    int_column("admin", 0),
    json_column("rights"),
    sqlite_with_rowid=False,
)
bulk = sa.Table(
    "bulk",
    metadata,
    sa.Column("job", sa.ForeignKey("job.number", ondelete="CASCADE"), primary_key=True),
    text_column("action"),
    json_column("filter"),
    json_column("changes"),
    text_column("user_name"),
    int_column("admin", 0),
    json_column("rights"),
    time_column("place_at"),
    sa.Column("place_number", sa.BigInteger),
    int_column("matched"),
    int_column("changed", 0),
    int_column("skipped", 0),
    sqlite_with_rowid=False,
)
