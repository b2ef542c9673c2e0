"""Jobs and the tasks and routes of their graphs."""

import sqlalchemy as sa

from jobmill.adapters.sql.connection import NEVER
from jobmill.adapters.sql.tables.columns import (
    id_column,
    int_column,
    json_column,
    json_list_column,
    metadata,
    number_column,
    owner_column,
    table,
    text_column,
    time_column,
)

_SEEN = sa.text("deleted = 0")


def mark_columns(*words: str) -> list[sa.Column[int] | sa.Column[str]]:
    """A row of words on a job, in the order in which jobs are listed. Its job is not a foreign key:
    each removal of a job would have to look for it without an index."""
    return [
        sa.Column("organization", sa.Integer, primary_key=True),
        *(sa.Column(word, sa.Text, primary_key=True) for word in words),
        sa.Column("created_at", sa.BigInteger, primary_key=True),
        sa.Column("job", sa.Integer, primary_key=True),
    ]


job = table(
    "job",
    number_column(),
    id_column(),
    owner_column(),
    sa.Column("owner", sa.ForeignKey("user.number"), nullable=False),
    text_column("type"),
    text_column("state"),
    json_column("features"),
    json_column("params"),
    text_column("pipeline", null=True),
    json_column("input"),
    sa.Column("asset", sa.ForeignKey("asset.number")),
    sa.Column("item", sa.ForeignKey("item.number")),
    text_column("origin"),
    text_column("name", null=True),
    json_list_column("tags"),
    json_column("metadata"),
    sa.Column("batch", sa.ForeignKey("batch.number")),
    int_column("priority"),
    json_column("alarms"),
    json_column("extras"),
    text_column("callback", null=True),
    int_column("generation", 1),
    int_column("cancel_requested", 0),
    int_column("deleted", 0),
    text_column("reason", null=True),
    json_column("warnings"),
    time_column("created_at", null=False),
    time_column("updated_at", null=False),
    time_column("started_at"),
    time_column("ended_at"),
    time_column("due"),
    time_column("expires_at"),
    time_column("retain_until"),
    text_column("hold", null=True),
    int_column("expired", 0),
    sa.Index("ix_job_list", "organization", "created_at", "number", sqlite_where=_SEEN),
    sa.Index("ix_job_number", "organization", "number", sqlite_where=_SEEN),
    sa.Index("ix_job_state", "organization", "state", "created_at", "number", sqlite_where=_SEEN),
    sa.Index("ix_job_type", "organization", "type", "created_at", "number", sqlite_where=_SEEN),
    sa.Index(
        "ix_job_batch",
        "batch",
        "created_at",
        "number",
        sqlite_where=sa.text("deleted = 0 AND batch IS NOT NULL"),
    ),
    sa.Index(
        "ix_job_batch_state",
        "batch",
        "state",
        sqlite_where=sa.text("deleted = 0 AND batch IS NOT NULL"),
    ),
    sa.Index(
        "ix_job_expires",
        "expires_at",
        sqlite_where=sa.text(
            "expires_at IS NOT NULL AND ended_at IS NULL AND cancel_requested = 0"
        ),
    ),
    sa.Index("ix_job_owner", "owner", "created_at", "number", sqlite_where=_SEEN),
    sa.Index("ix_job_owner_number", "owner", "number", sqlite_where=_SEEN),
    sa.Index("ix_job_retain", "retain_until", sqlite_where=sa.text("retain_until IS NOT NULL")),
    sa.Index("ix_job_asset", "asset", sqlite_where=sa.text("asset IS NOT NULL")),
    sa.Index("ix_job_item", "item", sqlite_where=sa.text("item IS NOT NULL")),
)
task = table(
    "task",
    number_column(),
    id_column(),
    sa.Column("job", sa.ForeignKey("job.number"), nullable=False),
    int_column("organization"),
    int_column("batch", 0),
    sa.Column("due", sa.BigInteger, nullable=False, server_default=str(NEVER)),
    text_column("name"),
    text_column("engine"),
    text_column("pool"),
    text_column("state"),
    json_column("features"),
    json_column("parameters"),
    int_column("required", 1),
    int_column("max_retries", 0),
    int_column("priority"),
    int_column("generation", 1),
    int_column("attempt", 0),
    int_column("deaths", 0),
    int_column("failures", 0),
    text_column("token", null=True),
    text_column("worker", null=True),
    json_column("progress"),
    json_column("warnings"),
    text_column("failure", null=True),
    time_column("retry_at"),
    time_column("ready_at"),
    time_column("started_at"),
    time_column("ended_at"),
    sa.UniqueConstraint("job", "name"),
    sa.Index(
        "ix_task_ready",
        "organization",
        "pool",
        "engine",
        "priority",
        "batch",
        "due",
        "ready_at",
        "number",
        sqlite_where=sa.text("state = 'ready' AND retry_at IS NULL"),
    ),
    sa.Index(
        "ix_task_retry",
        "retry_at",
        sqlite_where=sa.text("state = 'ready' AND retry_at IS NOT NULL"),
    ),
    sa.Index(
        "ix_task_active",
        "worker",
        "engine",
        "organization",
        "batch",
        "pool",
        sqlite_where=sa.text("state IN ('starting', 'running')"),
    ),
)
job_tag = sa.Table(
    "job_tag",
    metadata,
    *mark_columns("tag"),
    sqlite_with_rowid=False,
)
job_metadata = sa.Table(
    "job_metadata",
    metadata,
    *mark_columns("name", "value"),
    sqlite_with_rowid=False,
)
route = sa.Table(
    "route",
    metadata,
    sa.Column("job", sa.ForeignKey("job.number"), primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("source_port", sa.Text, primary_key=True),
    sa.Column("target", sa.Text, primary_key=True),
    sa.Column("target_port", sa.Text, primary_key=True),
    sqlite_with_rowid=False,
)
idempotency = sa.Table(
    "idempotency",
    metadata,
    sa.Column("organization", sa.ForeignKey("organization.number"), primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    text_column("fingerprint"),
    sa.Column("job", sa.ForeignKey("job.number", ondelete="CASCADE"), nullable=False),
    time_column("created_at", null=False),
    sa.Index("ix_idempotency_job", "job"),
    sa.Index("ix_idempotency_created_at", "created_at"),
    sqlite_with_rowid=False,
)
