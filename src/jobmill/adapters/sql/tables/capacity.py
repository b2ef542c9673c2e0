"""Who may run how much: pools that are paused, limits, and whose turn it is."""

import sqlalchemy as sa

from jobmill.adapters.sql.tables.columns import (
    id_column,
    int_column,
    metadata,
    number_column,
    table,
)

pool = sa.Table(
    "pool",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    int_column("paused", 0),
    sqlite_with_rowid=False,
)
running_limit = table(
    "running_limit",
    number_column(),
    id_column(),
    sa.Column("organization", sa.ForeignKey("organization.number")),
    sa.Column("engine", sa.Text),
    int_column("running"),
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
