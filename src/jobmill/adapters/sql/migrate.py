"""Bring a database file to the present schema. Alembic is loaded only when there is work to do."""

import sqlite3
from pathlib import Path

HEAD = "0001"
MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(path: Path) -> None:
    """Create the file or upgrade it in place."""
    if version_of(path) == HEAD:
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", f"sqlite:///{path}")
    command.upgrade(config, "head")


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
