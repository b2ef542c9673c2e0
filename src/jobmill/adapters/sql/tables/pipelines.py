"""Named templates of jobs."""

import sqlalchemy as sa

from jobmill.adapters.sql.tables.columns import (
    id_column,
    int_column,
    json_column,
    number_column,
    owner_column,
    table,
    text_column,
    time_column,
)

pipeline = table(
    "pipeline",
    number_column(),
    id_column(),
    owner_column(),
    text_column("name"),
    int_column("version"),
    text_column("description"),
    json_column("definition"),
    json_column("extras"),
    time_column("created_at", null=False),
    time_column("updated_at", null=False),
    sa.UniqueConstraint("organization", "name"),
)
