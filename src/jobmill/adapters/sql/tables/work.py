"""What working on a task leaves: attempts, their logs, parts, results."""

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

attempt = table(
    "attempt",
    number_column(),
    id_column(),
    sa.Column("task", sa.ForeignKey("task.number"), nullable=False),
    int_column("attempt"),
    int_column("generation"),
    text_column("worker"),
    sa.Column("token", sa.Text, nullable=False, unique=True),
    text_column("state"),
    text_column("failure", null=True),
    time_column("claimed_at", null=False),
    time_column("started_at"),
    time_column("ended_at"),
    sa.Index("ix_attempt_task", "task"),
)
log = table(
    "log",
    number_column(),
    sa.Column("attempt", sa.ForeignKey("attempt.number"), nullable=False),
    time_column("at", null=False),
    text_column("level"),
    text_column("text"),
    sa.Index("ix_log_attempt", "attempt", "number"),
)
part = sa.Table(
    "part",
    metadata,
    sa.Column("task", sa.ForeignKey("task.number"), primary_key=True),
    sa.Column("generation", sa.Integer, primary_key=True),
    sa.Column("port", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    owner_column(),
    text_column("sha256"),
    sa.Column("size", sa.BigInteger, nullable=False),
    text_column("media_type"),
    json_column("meta"),
    text_column("document", null=True),
    sqlite_with_rowid=False,
)
# What a task that works chunk by chunk has to do: a row for each part that it reads, by the part's
# number; `task` is lane 0, `token` the run token of the lane's attempt that has it in hand.
chunk = sa.Table(
    "chunk",
    metadata,
    sa.Column("task", sa.ForeignKey("task.number"), primary_key=True),
    sa.Column("generation", sa.Integer, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    text_column("state"),
    int_column("tries", 0),
    text_column("token", null=True),
    sa.Index(
        "ix_chunk_queued",
        "task",
        "generation",
        "tries",
        "number",
        sqlite_where=sa.text("state = 'queued'"),
    ),
    sa.Index("ix_chunk_token", "token", sqlite_where=sa.text("token IS NOT NULL")),
    sqlite_with_rowid=False,
)
result = sa.Table(
    "result",
    metadata,
    sa.Column("task", sa.ForeignKey("task.number"), primary_key=True),
    sa.Column("generation", sa.Integer, primary_key=True),
    sa.Column("feature", sa.Text, primary_key=True),
    sa.Column("job", sa.ForeignKey("job.number"), nullable=False),
    json_column("document"),
    json_column("media"),
    json_column("provenance"),
    time_column("created_at", null=False),
    sa.Index("ix_result_job", "job"),
    sqlite_with_rowid=False,
)
