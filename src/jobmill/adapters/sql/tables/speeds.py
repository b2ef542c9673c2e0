"""How fast engines have been; see `core.speeds`."""

import sqlalchemy as sa

from jobmill.adapters.sql.tables.columns import metadata

speed = sa.Table(
    "speed",
    metadata,
    sa.Column("engine", sa.Text, primary_key=True),
    sa.Column("features", sa.Text, primary_key=True),
    sa.Column("unit", sa.Text, primary_key=True),
    *(
        sa.Column(name, sa.Float, nullable=False)
        for name in ("weight", "units", "seconds", "squares", "products")
    ),
    sqlite_with_rowid=False,
)
