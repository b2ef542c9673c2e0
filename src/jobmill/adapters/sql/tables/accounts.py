"""Who: organizations, users, keys, teams, sessions."""

import sqlalchemy as sa

from jobmill.adapters.sql.tables.columns import (
    NUMBER,
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

organization = table(
    "organization",
    number_column(),
    id_column(),
    sa.Column("name", sa.Text, unique=True),
    time_column("created_at"),
    json_column("extras"),
)
user = table(
    "user",
    number_column(),
    id_column(),
    owner_column(),
    text_column("name"),
    sa.Column("email", sa.Text, unique=True),
    text_column("password", null=True),
    int_column("admin", 0),
    int_column("disabled", 0),
    int_column("removed", 0),
    time_column("created_at"),
    # A removed user stays behind their jobs, and leaves the name to others.
    sa.Index(
        "ix_user_name", "organization", "name", unique=True, sqlite_where=sa.text("removed = 0")
    ),
    sa.Index("ix_user_list", "organization", "number", sqlite_where=sa.text("removed = 0")),
)
identity = sa.Table(
    "identity",
    metadata,
    sa.Column("issuer", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("user", sa.ForeignKey("user.number"), nullable=False),
    sa.Index("ix_identity_user", "user"),
    sqlite_with_rowid=False,
)
api_key = table(
    "api_key",
    number_column(),
    id_column(),
    owner_column(),
    sa.Column("user", sa.ForeignKey("user.number"), nullable=False),
    text_column("name"),
    sa.Column("prefix", sa.Text, nullable=False, unique=True),
    text_column("digest"),
    json_column("rights"),
    time_column("created_at", null=False),
    time_column("expires_at"),
    time_column("revoked_at"),
    sa.Column("redirect_uris", sa.Text, nullable=False, server_default="[]"),
    sa.Index("ix_api_key_list", "organization", "number"),
    sa.Index("ix_api_key_user", "user", "number"),
)
team = table(
    "team",
    number_column(),
    id_column(),
    owner_column(),
    text_column("name"),
    time_column("created_at", null=False),
    sa.UniqueConstraint("organization", "name"),
    sa.Index("ix_team_list", "organization", "number"),
)
team_member = sa.Table(
    "team_member",
    metadata,
    sa.Column("team", sa.ForeignKey("team.number", ondelete="CASCADE"), primary_key=True),
    sa.Column("user", sa.ForeignKey("user.number"), primary_key=True),
    sa.Index("ix_team_member_user", "user"),
    sqlite_with_rowid=False,
)
session = sa.Table(
    "session",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("user", sa.ForeignKey("user.number"), nullable=False),
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    time_column("created_at", null=False),
    time_column("seen_at", null=False),
    time_column("expires_at", null=False),
    sa.Column("kind", sa.Text, nullable=False, server_default="browser"),
    sa.Column("rights", sa.Text, nullable=False, server_default='["*"]'),
    text_column("key", null=True),
    sa.Index("ix_session_user", "user"),
    sa.Index("ix_session_expires_at", "expires_at"),
    sqlite_with_rowid=False,
)
login_attempt = sa.Table(
    "login_attempt",
    metadata,
    sa.Column("number", NUMBER, primary_key=True, autoincrement=True),
    text_column("subject"),
    time_column("at", null=False),
    sa.Index("ix_login_attempt_subject", "subject", "at"),
    sa.Index("ix_login_attempt_at", "at"),
)
