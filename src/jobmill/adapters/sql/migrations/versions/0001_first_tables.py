"""first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organization",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_organization")),
        sa.UniqueConstraint("id", name=op.f("uq_organization_id")),
        sa.UniqueConstraint("name", name=op.f("uq_organization_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "worker",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("beat_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_worker")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "asset",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column(
            "organization", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization"], ["organization.number"], name=op.f("fk_asset_organization")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_asset")),
        sa.UniqueConstraint("id", name=op.f("uq_asset_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "blob",
        sa.Column(
            "organization", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization"], ["organization.number"], name=op.f("fk_blob_organization")
        ),
        sa.PrimaryKeyConstraint("organization", "sha256", name=op.f("pk_blob")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "item",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column(
            "organization", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("assets", sa.Text(), server_default="{}", nullable=False),
        sa.Column("cut_of", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("extras", sa.Text(), server_default="{}", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["cut_of"], ["item.number"], name=op.f("fk_item_cut_of")),
        sa.ForeignKeyConstraint(
            ["organization"], ["organization.number"], name=op.f("fk_item_organization")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_item")),
        sa.UniqueConstraint("id", name=op.f("uq_item_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.create_index(
            "ix_item_cut_of", ["cut_of"], unique=False, sqlite_where=sa.text("cut_of IS NOT NULL")
        )
        batch_op.create_index("ix_item_list", ["organization", "kind", "number"], unique=False)

    op.create_table(
        "pipeline",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column(
            "organization", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), server_default="{}", nullable=False),
        sa.Column("extras", sa.Text(), server_default="{}", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization"], ["organization.number"], name=op.f("fk_pipeline_organization")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_pipeline")),
        sa.UniqueConstraint("id", name=op.f("uq_pipeline_id")),
        sa.UniqueConstraint("organization", "name", name=op.f("uq_pipeline_organization_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "user",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column(
            "organization", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization"], ["organization.number"], name=op.f("fk_user_organization")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_user")),
        sa.UniqueConstraint("id", name=op.f("uq_user_id")),
        sa.UniqueConstraint("organization", "name", name=op.f("uq_user_organization_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "api_key",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column(
            "organization", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("user", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("rights", sa.Text(), server_default="{}", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization"], ["organization.number"], name=op.f("fk_api_key_organization")
        ),
        sa.ForeignKeyConstraint(["user"], ["user.number"], name=op.f("fk_api_key_user")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_api_key")),
        sa.UniqueConstraint("id", name=op.f("uq_api_key_id")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_key_prefix")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "job",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column(
            "organization", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("owner", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("features", sa.Text(), server_default="{}", nullable=False),
        sa.Column("params", sa.Text(), server_default="{}", nullable=False),
        sa.Column("pipeline", sa.Text(), nullable=True),
        sa.Column("input", sa.Text(), server_default="{}", nullable=False),
        sa.Column("asset", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("item", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("alarms", sa.Text(), server_default="{}", nullable=False),
        sa.Column("extras", sa.Text(), server_default="{}", nullable=False),
        sa.Column("generation", sa.Integer(), server_default="1", nullable=False),
        sa.Column("cancel_requested", sa.Integer(), server_default="0", nullable=False),
        sa.Column("deleted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("warnings", sa.Text(), server_default="{}", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("retain_until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["asset"], ["asset.number"], name=op.f("fk_job_asset")),
        sa.ForeignKeyConstraint(["item"], ["item.number"], name=op.f("fk_job_item")),
        sa.ForeignKeyConstraint(
            ["organization"], ["organization.number"], name=op.f("fk_job_organization")
        ),
        sa.ForeignKeyConstraint(["owner"], ["user.number"], name=op.f("fk_job_owner")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_job")),
        sa.UniqueConstraint("id", name=op.f("uq_job_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index("ix_job_asset", ["asset"], unique=False)
        batch_op.create_index("ix_job_item", ["item"], unique=False)
        batch_op.create_index(
            "ix_job_list",
            ["organization", "created_at", "number"],
            unique=False,
            sqlite_where=sa.text("deleted = 0"),
        )
        batch_op.create_index(
            "ix_job_number",
            ["organization", "number"],
            unique=False,
            sqlite_where=sa.text("deleted = 0"),
        )
        batch_op.create_index(
            "ix_job_retain",
            ["retain_until"],
            unique=False,
            sqlite_where=sa.text("retain_until IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_job_state",
            ["organization", "state", "created_at", "number"],
            unique=False,
            sqlite_where=sa.text("deleted = 0"),
        )
        batch_op.create_index(
            "ix_job_type",
            ["organization", "type", "created_at", "number"],
            unique=False,
            sqlite_where=sa.text("deleted = 0"),
        )

    op.create_table(
        "event",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("job", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=True),
        sa.Column("data", sa.Text(), server_default="{}", nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["job.number"], name=op.f("fk_event_job")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_event")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_job", ["job", "number"], unique=False)

    op.create_table(
        "idempotency",
        sa.Column(
            "organization", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("job", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job"], ["job.number"], name=op.f("fk_idempotency_job"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organization"], ["organization.number"], name=op.f("fk_idempotency_organization")
        ),
        sa.PrimaryKeyConstraint("organization", "key", name=op.f("pk_idempotency")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("idempotency", schema=None) as batch_op:
        batch_op.create_index("ix_idempotency_created_at", ["created_at"], unique=False)
        batch_op.create_index("ix_idempotency_job", ["job"], unique=False)

    op.create_table(
        "route",
        sa.Column("job", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_port", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("target_port", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["job.number"], name=op.f("fk_route_job")),
        sa.PrimaryKeyConstraint(
            "job", "source", "source_port", "target", "target_port", name=op.f("pk_route")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "task",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("job", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("features", sa.Text(), server_default="{}", nullable=False),
        sa.Column("parameters", sa.Text(), server_default="{}", nullable=False),
        sa.Column("required", sa.Integer(), server_default="1", nullable=False),
        sa.Column("max_retries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), server_default="1", nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("deaths", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("progress", sa.Text(), server_default="{}", nullable=False),
        sa.Column("warnings", sa.Text(), server_default="{}", nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("retry_at", sa.BigInteger(), nullable=True),
        sa.Column("ready_at", sa.BigInteger(), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["job"], ["job.number"], name=op.f("fk_task_job")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_task")),
        sa.UniqueConstraint("id", name=op.f("uq_task_id")),
        sa.UniqueConstraint("job", "name", name=op.f("uq_task_job_name")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index(
            "ix_task_active",
            ["worker", "engine"],
            unique=False,
            sqlite_where=sa.text("state IN ('starting', 'running')"),
        )
        batch_op.create_index(
            "ix_task_ready",
            ["priority", "ready_at", "number"],
            unique=False,
            sqlite_where=sa.text("state = 'ready'"),
        )
        batch_op.create_index(
            "ix_task_retry",
            ["retry_at"],
            unique=False,
            sqlite_where=sa.text("state = 'ready' AND retry_at IS NOT NULL"),
        )

    op.create_table(
        "attempt",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("task", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("claimed_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["task"], ["task.number"], name=op.f("fk_attempt_task")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_attempt")),
        sa.UniqueConstraint("id", name=op.f("uq_attempt_id")),
        sa.UniqueConstraint("token", name=op.f("uq_attempt_token")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.create_index("ix_attempt_task", ["task"], unique=False)

    op.create_table(
        "part",
        sa.Column("task", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("port", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "organization", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization"], ["organization.number"], name=op.f("fk_part_organization")
        ),
        sa.ForeignKeyConstraint(["task"], ["task.number"], name=op.f("fk_part_task")),
        sa.PrimaryKeyConstraint("task", "generation", "port", "number", name=op.f("pk_part")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "result",
        sa.Column("task", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("feature", sa.Text(), nullable=False),
        sa.Column("job", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("document", sa.Text(), server_default="{}", nullable=False),
        sa.Column("media", sa.Text(), server_default="{}", nullable=False),
        sa.Column("provenance", sa.Text(), server_default="{}", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["job.number"], name=op.f("fk_result_job")),
        sa.ForeignKeyConstraint(["task"], ["task.number"], name=op.f("fk_result_task")),
        sa.PrimaryKeyConstraint("task", "generation", "feature", name=op.f("pk_result")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("result", schema=None) as batch_op:
        batch_op.create_index("ix_result_job", ["job"], unique=False)

    op.create_table(
        "log",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("attempt", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["attempt"], ["attempt.number"], name=op.f("fk_log_attempt")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_log")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("log", schema=None) as batch_op:
        batch_op.create_index("ix_log_attempt", ["attempt", "number"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("log", schema=None) as batch_op:
        batch_op.drop_index("ix_log_attempt")

    op.drop_table("log")
    with op.batch_alter_table("result", schema=None) as batch_op:
        batch_op.drop_index("ix_result_job")

    op.drop_table("result")
    op.drop_table("part")
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_index("ix_attempt_task")

    op.drop_table("attempt")
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_task_retry", sqlite_where=sa.text("state = 'ready' AND retry_at IS NOT NULL")
        )
        batch_op.drop_index("ix_task_ready", sqlite_where=sa.text("state = 'ready'"))
        batch_op.drop_index(
            "ix_task_active", sqlite_where=sa.text("state IN ('starting', 'running')")
        )

    op.drop_table("task")
    op.drop_table("route")
    with op.batch_alter_table("idempotency", schema=None) as batch_op:
        batch_op.drop_index("ix_idempotency_job")
        batch_op.drop_index("ix_idempotency_created_at")

    op.drop_table("idempotency")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index("ix_event_job")

    op.drop_table("event")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index("ix_job_type", sqlite_where=sa.text("deleted = 0"))
        batch_op.drop_index("ix_job_state", sqlite_where=sa.text("deleted = 0"))
        batch_op.drop_index("ix_job_number", sqlite_where=sa.text("deleted = 0"))
        batch_op.drop_index("ix_job_retain", sqlite_where=sa.text("retain_until IS NOT NULL"))
        batch_op.drop_index("ix_job_list", sqlite_where=sa.text("deleted = 0"))
        batch_op.drop_index("ix_job_item")
        batch_op.drop_index("ix_job_asset")

    op.drop_table("job")
    op.drop_table("api_key")
    op.drop_table("user")
    op.drop_table("pipeline")
    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.drop_index("ix_item_list")
        batch_op.drop_index("ix_item_cut_of", sqlite_where=sa.text("cut_of IS NOT NULL"))

    op.drop_table("item")
    op.drop_table("blob")
    op.drop_table("asset")
    op.drop_table("worker")
    op.drop_table("organization")
