"""Who may run how much: pools that are paused, limits, and whose turn it is."""

import sqlalchemy as sa

from jobmill.adapters.sql.tables.columns import (
    id_column,
    int_column,
    json_column,
    json_list_column,
    metadata,
    number_column,
    table,
    text_column,
    time_column,
)

pool = sa.Table(
    "pool",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    int_column("paused", 0),
    # What follows is of pools that somebody made; the others have no id.
    text_column("id", null=True),
    text_column("title", null=True),
    sa.Column("organization", sa.Integer),
    sa.Column("owner", sa.Integer),
    text_column("engines", null=True),
    sa.Column("memory_mb", sa.BigInteger),
    sa.Column("storage_mb", sa.BigInteger),
    sa.Column("at_once", sa.Integer),
    json_list_column("collaborators"),
    json_column("extras"),
    time_column("created_at"),
    time_column("updated_at"),
    sa.Index("ix_pool_id", "id", unique=True, sqlite_where=sa.text("id IS NOT NULL")),
    sqlite_with_rowid=False,
)
running_limit = table(
    "running_limit",
    number_column(),
    id_column(),
    sa.Column("organization", sa.ForeignKey("organization.number")),
    sa.Column("engine", sa.Text),
    int_column("running"),
    text_column("pool", null=True),
)
turn = sa.Table(
    "turn",
    metadata,
    sa.Column("organization", sa.Integer, primary_key=True),
    sa.Column("batch", sa.Integer, primary_key=True),
    sa.Column("served", sa.BigInteger, nullable=False),
    sa.Index("ix_turn_served", "served"),
    sqlite_with_rowid=False,
)
