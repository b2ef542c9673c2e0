"""Write the next migration from the difference between the tables and the last one.

.venv/bin/python tools/migration.py 0002 "what it changes"

A revision that has been released never changes; one that has not is written anew by naming it
again. Name the newest as `HEAD` in `migrate.py`.
"""

import sqlite3
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

from jobmill.adapters.sql.migrate import MIGRATIONS, SCHEMA

RELEASED = ("0001", "0002", "0003")


def main(arguments: list[str]) -> None:
    """Write a revision, if one is named, and the schema."""
    if arguments:
        write_revision(*arguments)
    SCHEMA.write_text(migrated_schema(), encoding="utf-8")


def write_revision(revision: str, message: str) -> None:
    """Autogenerate one revision against a file that stands at the present head."""
    with tempfile.TemporaryDirectory() as folder:
        config = _config(Path(folder, "head.db"))
        for old in (MIGRATIONS / "versions").glob(f"{revision}_*.py"):
            if revision in RELEASED:
                raise SystemExit(f"{old.name} has been released; write the next revision.")
            old.unlink()
        if list((MIGRATIONS / "versions").glob("*.py")):
            command.upgrade(config, "head")
        command.revision(config, message, autogenerate=True, rev_id=revision)


def migrated_schema() -> str:
    """The statements that make what the migrations make, tables first."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "head.db")
        command.upgrade(_config(path), "head")
        connection = sqlite3.connect(path)
        rows = connection.execute(
            """SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
                   AND name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow')
               ORDER BY type DESC, rowid"""
        ).fetchall()
        connection.close()
    return ";\n\n".join(sql for (sql,) in rows) + ";\n"


def _config(path: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", f"sqlite:///{path}")
    return config


if __name__ == "__main__":
    main(sys.argv[1:])
