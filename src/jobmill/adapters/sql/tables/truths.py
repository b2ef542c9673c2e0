"""Ground truth, and what was measured against it.

Measurements outlive jobs, and their jobs are not foreign keys: each removal of a job would have to
look for them.
"""

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

_ACTIVE = sa.text("state = 'active'")


ground_truth = table(
    "ground_truth",
    number_column(),
    id_column(),
    owner_column(),
    sa.Column("owner", sa.ForeignKey("user.number"), nullable=False),
    text_column("pipeline"),
    json_column("input"),
    text_column("digest"),
    text_column("label"),
    text_column("kind"),
    text_column("state"),
    text_column("tag", null=True),
    json_column("metadata"),
    int_column("used", 0),
    sa.Column("job", sa.Integer),
    time_column("created_at", null=False),
    time_column("updated_at", null=False),
    sa.Index("ix_ground_truth_list", "organization", "number"),
    sa.Index("ix_ground_truth_pipeline", "organization", "pipeline", "number"),
    sa.Index(
        "ix_ground_truth_input",
        "organization",
        "pipeline",
        "digest",
        "number",
        sqlite_where=_ACTIVE,
    ),
)
measure = table(
    "measure",
    number_column(),
    owner_column(),
    text_column("pipeline"),
    int_column("job"),
    int_column("truth"),
    text_column("role"),
    text_column("subject"),
    int_column("correct"),
    sa.Column("score", sa.Float, nullable=False),
    time_column("at", null=False),
    sa.Index("ix_measure_quality", "organization", "pipeline", "role", "at"),
    sa.Index("ix_measure_job", "job"),
)
measure_field = sa.Table(
    "measure_field",
    metadata,
    sa.Column("measure", sa.ForeignKey("measure.number", ondelete="CASCADE"), primary_key=True),
    sa.Column("field", sa.Text, primary_key=True),
    int_column("correct"),
    text_column("truth", null=True),
    text_column("given", null=True),
    sqlite_with_rowid=False,
)
agreement = table(
    "agreement",
    number_column(),
    owner_column(),
    text_column("pipeline"),
    int_column("job"),
    int_column("one"),
    int_column("other"),
    int_column("agreed"),
    sa.Column("score", sa.Float, nullable=False),
    time_column("at", null=False),
    sa.Index("ix_agreement_quality", "organization", "pipeline", "at"),
    sa.Index("ix_agreement_job", "job"),
)
