"""Named templates of jobs; programs as they were when jobs were made; outputs people edited."""

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
    text_column("program", null=True),
    time_column("created_at", null=False),
    time_column("updated_at", null=False),
    sa.UniqueConstraint("organization", "name"),
)
program = table(
    "program",
    number_column(),
    owner_column(),
    text_column("digest"),
    text_column("body"),
    sa.UniqueConstraint("organization", "digest"),
)
output_edit = table(
    "output_edit",
    number_column(),
    sa.Column("job", sa.ForeignKey("job.number"), nullable=False),
    int_column("generation"),
    sa.Column("user", sa.ForeignKey("user.number"), nullable=False),
    text_column("document"),
    time_column("at", null=False),
    sa.Index("ix_output_edit_job", "job", "number"),
)
