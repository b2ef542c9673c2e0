"""What is said of a job beside its own row: few jobs have it, so that the others pay nothing."""

import sqlalchemy as sa

from jobmill.adapters.sql.tables.columns import metadata

job_mark = sa.Table(
    "job_mark",
    metadata,
    sa.Column("job", sa.ForeignKey("job.number", ondelete="CASCADE"), primary_key=True),
    sa.Column("correct", sa.Integer),
    sa.Column("kind", sa.Text, nullable=False, server_default="default"),
    sa.Column("truth", sa.Integer),
    sa.Index("ix_job_mark_correct", "correct", sqlite_where=sa.text("correct IS NOT NULL")),
    sa.Index("ix_job_mark_kind", "kind", sqlite_where=sa.text("kind != 'default'")),
    sa.Index("ix_job_mark_truth", "truth", sqlite_where=sa.text("truth IS NOT NULL")),
    sqlite_with_rowid=False,
)
