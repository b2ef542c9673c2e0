"""The tables, as SQLAlchemy metadata: the source of the migrations and of the schema's reference.

Times are microseconds since the Unix epoch. `number` is the key inside the house, `id` (UUID 7)
the name outside it. JSON is text. Hot statements are hand-written SQL in the stores beside this.
"""

import sqlalchemy as sa

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = sa.MetaData(naming_convention=NAMING)

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _number() -> sa.Column[int]:
    return sa.Column("number", NUMBER, primary_key=True, autoincrement=True)


def _id() -> sa.Column[str]:
    return sa.Column("id", sa.Text, nullable=False, unique=True)


def _owner(name: str = "organization") -> sa.Column[int]:
    return sa.Column(name, sa.ForeignKey("organization.number"), nullable=False)


def _time(name: str, *, null: bool = True) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=null)


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=null)


def _json(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="{}")


def _int(name: str, default: int | None = None) -> sa.Column[int]:
    text = None if default is None else str(default)
    return sa.Column(name, sa.Integer, nullable=False, server_default=text)


def _table(
    name: str, *parts: sa.Column[int] | sa.Column[str] | sa.Index | sa.Constraint
) -> sa.Table:
    return sa.Table(name, metadata, *parts, sqlite_autoincrement=True)


organization = _table("organization", _number(), _id(), sa.Column("name", sa.Text, unique=True))
user = _table(
    "user", _number(), _id(), _owner(), _text("name"), sa.UniqueConstraint("organization", "name")
)
api_key = _table(
    "api_key",
    _number(),
    _id(),
    _owner(),
    sa.Column("user", sa.ForeignKey("user.number"), nullable=False),
    _text("name"),
    sa.Column("prefix", sa.Text, nullable=False, unique=True),
    _text("digest"),
    _json("rights"),
    _time("created_at", null=False),
    _time("expires_at"),
    _time("revoked_at"),
)
blob = sa.Table(
    "blob",
    metadata,
    sa.Column("organization", sa.ForeignKey("organization.number"), primary_key=True),
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    _int("uses"),
    sqlite_with_rowid=False,
)
asset = _table(
    "asset",
    _number(),
    _id(),
    _owner(),
    _text("name"),
    _text("media_type"),
    _text("source"),
    _text("state"),
    _text("location", null=True),
    _text("sha256", null=True),
    sa.Column("size", sa.BigInteger),
    _time("created_at", null=False),
)
item = _table(
    "item",
    _number(),
    _id(),
    _owner(),
    _text("kind"),
    _text("name"),
    _json("assets"),
    sa.Column("cut_of", sa.ForeignKey("item.number")),
    _json("extras"),
    _time("created_at", null=False),
    sa.Index("ix_item_list", "organization", "kind", "number"),
    sa.Index("ix_item_cut_of", "cut_of", sqlite_where=sa.text("cut_of IS NOT NULL")),
)
pipeline = _table(
    "pipeline",
    _number(),
    _id(),
    _owner(),
    _text("name"),
    _int("version"),
    _text("description"),
    _json("definition"),
    _json("extras"),
    _time("created_at", null=False),
    _time("updated_at", null=False),
    sa.UniqueConstraint("organization", "name"),
)
_SEEN = sa.text("deleted = 0")
job = _table(
    "job",
    _number(),
    _id(),
    _owner(),
    sa.Column("owner", sa.ForeignKey("user.number"), nullable=False),
    _text("type"),
    _text("state"),
    _json("features"),
    _json("params"),
    _text("pipeline", null=True),
    _json("input"),
    sa.Column("asset", sa.ForeignKey("asset.number")),
    sa.Column("item", sa.ForeignKey("item.number")),
    _text("origin"),
    _int("priority"),
    _json("alarms"),
    _json("extras"),
    _int("generation", 1),
    _int("cancel_requested", 0),
    _int("deleted", 0),
    _text("reason", null=True),
    _json("warnings"),
    _time("created_at", null=False),
    _time("updated_at", null=False),
    _time("started_at"),
    _time("ended_at"),
    _time("retain_until"),
    sa.Index("ix_job_list", "organization", "created_at", "number", sqlite_where=_SEEN),
    sa.Index("ix_job_number", "organization", "number", sqlite_where=_SEEN),
    sa.Index("ix_job_state", "organization", "state", "created_at", "number", sqlite_where=_SEEN),
    sa.Index("ix_job_type", "organization", "type", "created_at", "number", sqlite_where=_SEEN),
    sa.Index("ix_job_retain", "retain_until", sqlite_where=sa.text("retain_until IS NOT NULL")),
    sa.Index("ix_job_asset", "asset"),
    sa.Index("ix_job_item", "item"),
)
task = _table(
    "task",
    _number(),
    _id(),
    sa.Column("job", sa.ForeignKey("job.number"), nullable=False),
    _text("name"),
    _text("engine"),
    _text("pool"),
    _text("state"),
    _json("features"),
    _json("parameters"),
    _int("required", 1),
    _int("max_retries", 0),
    _int("priority"),
    _int("generation", 1),
    _int("attempt", 0),
    _int("deaths", 0),
    _int("failures", 0),
    _text("token", null=True),
    _text("worker", null=True),
    _json("progress"),
    _json("warnings"),
    _text("failure", null=True),
    _time("retry_at"),
    _time("ready_at"),
    _time("started_at"),
    _time("ended_at"),
    sa.UniqueConstraint("job", "name"),
    sa.Index(
        "ix_task_ready", "priority", "ready_at", "number", sqlite_where=sa.text("state = 'ready'")
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
        sqlite_where=sa.text("state IN ('starting', 'running')"),
    ),
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
attempt = _table(
    "attempt",
    _number(),
    _id(),
    sa.Column("task", sa.ForeignKey("task.number"), nullable=False),
    _int("attempt"),
    _int("generation"),
    _text("worker"),
    sa.Column("token", sa.Text, nullable=False, unique=True),
    _text("state"),
    _text("failure", null=True),
    _time("claimed_at", null=False),
    _time("started_at"),
    _time("ended_at"),
    sa.Index("ix_attempt_task", "task"),
)
log = _table(
    "log",
    _number(),
    sa.Column("attempt", sa.ForeignKey("attempt.number"), nullable=False),
    _time("at", null=False),
    _text("level"),
    _text("text"),
    sa.Index("ix_log_attempt", "attempt", "number"),
)
part = sa.Table(
    "part",
    metadata,
    sa.Column("task", sa.ForeignKey("task.number"), primary_key=True),
    sa.Column("generation", sa.Integer, primary_key=True),
    sa.Column("port", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    _owner(),
    _text("sha256"),
    sa.Column("size", sa.BigInteger, nullable=False),
    _text("media_type"),
    sqlite_with_rowid=False,
)
result = sa.Table(
    "result",
    metadata,
    sa.Column("task", sa.ForeignKey("task.number"), primary_key=True),
    sa.Column("generation", sa.Integer, primary_key=True),
    sa.Column("feature", sa.Text, primary_key=True),
    sa.Column("job", sa.ForeignKey("job.number"), nullable=False),
    _json("document"),
    _json("media"),
    _json("provenance"),
    _time("created_at", null=False),
    sa.Index("ix_result_job", "job"),
    sqlite_with_rowid=False,
)
event = _table(
    "event",
    _number(),
    sa.Column("job", sa.ForeignKey("job.number"), nullable=False),
    _text("type"),
    _text("task", null=True),
    _json("data"),
    _time("at", null=False),
    sa.Index("ix_event_job", "job", "number"),
)
worker = sa.Table(
    "worker",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    _int("pid"),
    _text("host"),
    _int("slots"),
    _time("started_at", null=False),
    _time("beat_at", null=False),
    sqlite_with_rowid=False,
)
idempotency = sa.Table(
    "idempotency",
    metadata,
    sa.Column("organization", sa.ForeignKey("organization.number"), primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    _text("fingerprint"),
    sa.Column("job", sa.ForeignKey("job.number", ondelete="CASCADE"), nullable=False),
    _time("created_at", null=False),
    sa.Index("ix_idempotency_job", "job"),
    sa.Index("ix_idempotency_created_at", "created_at"),
    sqlite_with_rowid=False,
)
