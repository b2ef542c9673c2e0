"""Questions put to people: reviews, who holds them, drafts, answers and what these changed.

A review's task is not a foreign key: each removal of a task would have to look for it.
"""

import sqlalchemy as sa

from jobmill.adapters.sql.tables.columns import (
    id_column,
    int_column,
    metadata,
    number_column,
    owner_column,
    table,
    text_column,
    time_column,
)

_OPEN = sa.text("state = 'open'")
_DUE = sa.text("state = 'open' AND due_at IS NOT NULL")
_HELD = sa.text("ended_at IS NULL")


def _document_columns(*, null: bool) -> list[sa.Column[int] | sa.Column[str]]:
    """Small JSON text (`document`), or the hash of a blob; without both there is none."""
    return [
        text_column("sha256", null=True),
        sa.Column("size", sa.BigInteger, nullable=null),
        text_column("document", null=True),
        text_column("media_type", null=null),
    ]


review = table(
    "review",
    number_column(),
    id_column(),
    owner_column(),
    sa.Column("job", sa.ForeignKey("job.number"), nullable=False),
    int_column("task"),
    int_column("generation"),
    text_column("step"),
    text_column("state"),
    text_column("outcome", null=True),
    sa.Column("confidence", sa.Float),
    time_column("opened_at", null=False),
    time_column("closed_at"),
    time_column("due_at"),
    int_column("retries", 0),
    sa.Index("ix_review_due", "due_at", sqlite_where=_DUE),
    sa.Index("ix_review_list", "organization", "number"),
    sa.Index("ix_review_open", "organization", "number", sqlite_where=_OPEN),
    sa.Index("ix_review_step", "organization", "step", "number", sqlite_where=_OPEN),
    sa.Index("ix_review_task", "task", unique=True, sqlite_where=_OPEN),
    sa.Index("ix_review_job", "job", "number"),
)
review_claim = table(
    "review_claim",
    number_column(),
    sa.Column("review", sa.ForeignKey("review.number"), nullable=False),
    sa.Column("user", sa.ForeignKey("user.number"), nullable=False),
    time_column("taken_at", null=False),
    time_column("expires_at", null=False),
    time_column("ended_at"),
    text_column("ending", null=True),
    sa.Index("ix_review_claim_review", "review"),
    sa.Index("ix_review_claim_held", "review", "user", unique=True, sqlite_where=_HELD),
    sa.Index("ix_review_claim_user", "user", "review", sqlite_where=_HELD),
    sa.Index("ix_review_claim_expires", "expires_at", sqlite_where=_HELD),
)
review_left_out = sa.Table(
    "review_left_out",
    metadata,
    sa.Column("review", sa.ForeignKey("review.number"), primary_key=True),
    sa.Column("user", sa.ForeignKey("user.number"), primary_key=True),
    sqlite_with_rowid=False,
)
review_draft = sa.Table(
    "review_draft",
    metadata,
    sa.Column("review", sa.ForeignKey("review.number"), primary_key=True),
    sa.Column("user", sa.ForeignKey("user.number"), primary_key=True),
    *_document_columns(null=False),
    time_column("saved_at", null=False),
    sqlite_with_rowid=False,
)
review_answer = table(
    "review_answer",
    number_column(),
    id_column(),
    sa.Column("review", sa.ForeignKey("review.number"), nullable=False),
    sa.Column("user", sa.ForeignKey("user.number"), nullable=False),
    text_column("kind"),
    text_column("comment"),
    text_column("target", null=True),
    text_column("digest"),
    *_document_columns(null=True),
    int_column("changes", 0),
    time_column("at", null=False),
    sa.Index("ix_review_answer_review", "review", "number"),
)
review_change = sa.Table(
    "review_change",
    metadata,
    sa.Column("answer", sa.ForeignKey("review_answer.number"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    text_column("op"),
    text_column("path"),
    text_column("before", null=True),
    text_column("after", null=True),
    sqlite_with_rowid=False,
)
