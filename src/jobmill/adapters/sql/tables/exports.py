"""Exports: results turned into an archive of files."""

import sqlalchemy as sa

from jobmill.adapters.sql.tables.columns import (
    int_column,
    json_column,
    json_list_column,
    metadata,
    owner_column,
    text_column,
)

export = sa.Table(
    "export",
    metadata,
    sa.Column("job", sa.ForeignKey("job.number", ondelete="CASCADE"), primary_key=True),
    owner_column(),
    json_column("spec"),
    text_column("user_name"),
    int_column("admin", 0),
    json_list_column("rights"),
    sa.Column("asset", sa.ForeignKey("asset.number", ondelete="SET NULL")),
    sa.Index("ix_export_list", "organization", "job"),
    sa.Index("ix_export_asset", "asset"),
    sqlite_with_rowid=False,
)
