"""Who: organizations, users, keys."""

import sqlalchemy as sa

from jobmill.adapters.sql.tables.columns import (
    id_column,
    json_column,
    number_column,
    owner_column,
    table,
    text_column,
    time_column,
)

organization = table(
    "organization", number_column(), id_column(), sa.Column("name", sa.Text, unique=True)
)
user = table(
    "user",
    number_column(),
    id_column(),
    owner_column(),
    text_column("name"),
    sa.UniqueConstraint("organization", "name"),
)
api_key = table(
    "api_key",
    number_column(),
    id_column(),
    owner_column(),
    sa.Column("user", sa.ForeignKey("user.number"), nullable=False),
    text_column("name"),
    sa.Column("prefix", sa.Text, nullable=False, unique=True),
    text_column("digest"),
    json_column("rights"),
    time_column("created_at", null=False),
    time_column("expires_at"),
    time_column("revoked_at"),
)
