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
# Each version of an asset is a row of its own, so that a job keeps to the bytes it began with. They
# share the handle, which is the id of the first; one of them is current, and alone holds the path.
_CURRENT = sa.text("current = 1")
_ENDS = sa.text("retain_until IS NOT NULL AND current = 1")
_AT_A_PATH = sa.text("path IS NOT NULL AND current = 1")
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
    text_column("handle"),
    int_column("version", 1),
    int_column("current", 1),
    text_column("path", null=True),
    sa.Column("declared_size", sa.BigInteger),
    time_column("created_at", null=False),
    time_column("retain_until"),
    json_column("extras"),
    sa.UniqueConstraint("handle", "version"),
    sa.Index("ix_asset_current", "handle", unique=True, sqlite_where=_CURRENT),
    sa.Index("ix_asset_list", "organization", "number", sqlite_where=_CURRENT),
    sa.Index("ix_asset_path", "organization", "path", unique=True, sqlite_where=_AT_A_PATH),
    sa.Index("ix_asset_retain", "retain_until", sqlite_where=_ENDS),
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
    # Whoever makes an item by itself keeps it; one that was made for a job goes with the job.
    int_column("lasting", 0),
    time_column("updated_at"),
    time_column("starts_at"),
    time_column("ends_at"),
    sa.Index("ix_item_list", "organization", "kind", "number"),
    sa.Index("ix_item_cut_of", "cut_of", sqlite_where=sa.text("cut_of IS NOT NULL")),
)
# Several assets may stand in one role of an item. `task` is the one that wrote the asset.
item_asset = table(
    "item_asset",
    number_column(),
    sa.Column("item", sa.ForeignKey("item.number", ondelete="CASCADE"), nullable=False),
    sa.Column("asset", sa.ForeignKey("asset.number", ondelete="CASCADE"), nullable=False),
    text_column("role"),
    int_column("main", 0),
    sa.Column("task", sa.Integer),
    json_column("extras"),
    time_column("created_at", null=False),
    sa.Index("ix_item_asset_item", "item", "role", "number"),
    sa.Index("ix_item_asset_asset", "asset"),
)
# A tree of folders in which items are filed. Folders go with the one they lie in; items stay.
folder = table(
    "folder",
    number_column(),
    id_column(),
    owner_column(),
    sa.Column("parent", sa.ForeignKey("folder.number", ondelete="CASCADE")),
    text_column("name"),
    text_column("description"),
    sa.Column("owner", sa.ForeignKey("user.number")),
    time_column("created_at", null=False),
    time_column("updated_at"),
    sa.Index("ix_folder_inside", "organization", "parent", "name"),
    sa.Index("ix_folder_parent", "parent"),
)
folder_item = sa.Table(
    "folder_item",
    metadata,
    sa.Column("folder", sa.ForeignKey("folder.number", ondelete="CASCADE"), primary_key=True),
    sa.Column("item", sa.ForeignKey("item.number", ondelete="CASCADE"), primary_key=True),
    time_column("created_at", null=False),
    sa.Index("ix_folder_item_item", "item"),
    sqlite_with_rowid=False,
)
