"""Bring a database file to the present schema.

A new file is made from `schema.sql`, which a test holds equal to what the migrations make; Alembic,
slow to import, is loaded only to upgrade an older file.
"""

import sqlite3
from pathlib import Path

HEAD = "0003"
MIGRATIONS = Path(__file__).parent / "migrations"
SCHEMA = Path(__file__).parent / "schema.sql"


def migrate(path: Path) -> None:
    """Create the file or upgrade it in place."""
    version = version_of(path)
    if version is None:
        create(path)
        version = version_of(path)
    if version != HEAD:
        upgrade(path)


def upgrade(path: Path, revision: str = "head") -> None:
    """Run the migrations that the file has not seen yet, up to a revision."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", f"sqlite:///{path}")
    command.upgrade(config, revision)


def create(path: Path) -> None:
    """Make all tables, unless another process has just done so."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=30)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("BEGIN IMMEDIATE")
        if connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None:
            for statement in SCHEMA.read_text(encoding="utf-8").split(";\n\n"):
                connection.execute(statement)
            connection.execute("INSERT INTO alembic_version VALUES (?)", (HEAD,))
        connection.execute("COMMIT")
    finally:
        connection.close()


def version_of(path: Path) -> str | None:
    """The migration that the file stands at; None for a new file."""
    if not path.exists():
        return None
    connection = sqlite3.connect(path)
    try:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError:
        return None
    finally:
        connection.close()
    return None if row is None else str(row[0])
