"""What is worked on: bytes, the assets that name them, the items that hold assets."""

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

blob = sa.Table(
    "blob",
    metadata,
    sa.Column("organization", sa.ForeignKey("organization.number"), primary_key=True),
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    int_column("uses"),
    sqlite_with_rowid=False,
)
asset = table(
    "asset",
    number_column(),
    id_column(),
    owner_column(),
    text_column("name"),
    text_column("media_type"),
    text_column("source"),
    text_column("state"),
    text_column("location", null=True),
    text_column("sha256", null=True),
    sa.Column("size", sa.BigInteger),
    sa.Column("owner", sa.ForeignKey("user.number")),
    time_column("created_at", null=False),
)
item = table(
    "item",
    number_column(),
    id_column(),
    owner_column(),
    text_column("kind"),
    text_column("name"),
    json_column("assets"),
    sa.Column("cut_of", sa.ForeignKey("item.number")),
    json_column("extras"),
    sa.Column("owner", sa.ForeignKey("user.number")),
    time_column("created_at", null=False),
    sa.Index("ix_item_list", "organization", "kind", "number"),
    sa.Index("ix_item_cut_of", "cut_of", sqlite_where=sa.text("cut_of IS NOT NULL")),
)
