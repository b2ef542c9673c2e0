"""The migrations lead to the tables, in one step that a kill cannot leave half done."""

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from tools.migration import migrated_schema

from jobmill.adapters.sql.migrate import HEAD, MIGRATIONS, SCHEMA, migrate, upgrade, version_of
from jobmill.adapters.sql.tables import metadata, search

DIES_HALF_WAY = """
import os, signal, sys
from pathlib import Path
from alembic.operations import Operations
from jobmill.adapters.sql.migrate import upgrade
made = Operations.create_table
def create_table(self, name, *args, **kwargs):
    made(self, name, *args, **kwargs)
    if name == "job":
        os.kill(os.getpid(), signal.SIGKILL)
Operations.create_table = create_table
from alembic import op
op.create_table = lambda *a, **k: create_table(op._proxy, *a, **k)
upgrade(Path(sys.argv[1]))
"""

FIRST_RELEASE = """
INSERT INTO organization (number, id, name, created_at) VALUES (1, 'o', 'first', 1);
INSERT INTO user (number, id, organization, name) VALUES (1, 'u', 1, 'Ada');
INSERT INTO job (number, id, organization, owner, type, state, origin, input, priority, warnings,
                 created_at, updated_at)
    VALUES (1, 'j', 1, 1, 'graph', 'running', 'api', '{"json":1}', 20, '[]', 1, 1);
INSERT INTO task (number, id, job, organization, name, engine, pool, state, priority, warnings)
    VALUES (1, 't', 1, 1, 'a', 'noop', 'cpu', 'done', 20, '[]'),
           (2, 's', 1, 1, 'b', 'noop', 'cpu', 'ready', 20, '[]');
INSERT INTO route (job, source, source_port, target, target_port) VALUES (1, 'a', 'out', 'b', 'in');
INSERT INTO part (task, generation, port, number, organization, sha256, size, media_type)
    VALUES (1, 1, 'out', 0, 1, 'abcd', 3, 'text/plain');
"""


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config)


def schema(path: Path) -> list[tuple[str, str]]:
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
    connection.close()
    return rows


def facts(path: Path) -> dict[str, str]:
    """Of an index its text, of a table its options."""
    return {
        name: sql
        if sql.startswith("CREATE INDEX")
        else " ".join(word for word in ("AUTOINCREMENT", "WITHOUT ROWID") if word in sql)
        for name, sql in schema(path)
        if sql and "alembic" not in name and name not in search.PARTS
    }


def test_the_constant_names_the_only_head() -> None:
    assert scripts().get_heads() == [HEAD]


def _compared(thing: object, name: str | None, kind: str, *_: object) -> bool:
    return kind != "table" or name not in search.PARTS


def test_the_migrated_file_has_the_tables_that_the_code_describes(migrated: Path) -> None:
    assert version_of(migrated) == HEAD
    engine = sa.create_engine(f"sqlite:///{migrated}")
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"target_metadata": metadata, "include_object": _compared}
        )
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_partial_indexes_and_table_options_are_in_the_migrations_too(
    migrated: Path, tmp_path: Path
) -> None:
    """What alembic does not compare."""
    direct = tmp_path / "direct.db"
    engine = sa.create_engine(f"sqlite:///{direct}")
    metadata.create_all(engine)
    engine.dispose()
    assert facts(migrated) == facts(direct)
    assert {"WITHOUT ROWID", "AUTOINCREMENT"} <= set(facts(direct).values())


def test_a_new_file_is_made_as_the_migrations_would_make_it(tmp_path: Path) -> None:
    assert SCHEMA.read_text("utf-8") == migrated_schema(), "run tools/migration.py"
    made, upgraded = tmp_path / "made.db", tmp_path / "upgraded.db"
    migrate(made)
    upgrade(upgraded)
    assert schema(made) == schema(upgraded)
    assert version_of(made) == version_of(upgraded) == HEAD


def test_opening_again_changes_nothing(file: Path) -> None:
    before, bytes_before = schema(file), file.read_bytes()
    migrate(file)
    assert schema(file) == before
    assert file.read_bytes() == bytes_before


def test_a_file_that_is_not_there_has_no_version(tmp_path: Path) -> None:
    assert version_of(tmp_path / "none.db") is None
    assert not (tmp_path / "none.db").exists()
    empty = tmp_path / "empty.db"
    empty.touch()
    assert version_of(empty) is None


def test_a_process_killed_while_it_migrates_leaves_nothing_behind(tmp_path: Path) -> None:
    file = tmp_path / "jobmill.db"
    killed = subprocess.run([sys.executable, "-c", DIES_HALF_WAY, str(file)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert version_of(file) is None
    migrate(file)
    assert version_of(file) == HEAD
    assert "job" in dict(schema(file))


def test_a_file_of_the_first_release_is_upgraded_with_its_rows(tmp_path: Path) -> None:
    file = tmp_path / "jobmill.db"
    upgrade(file, "0001")
    connection = sqlite3.connect(file)
    connection.executescript(FIRST_RELEASE)
    connection.commit()
    before = connection.execute("SELECT number, name, state FROM task").fetchall()
    connection.close()
    assert version_of(file) == "0001"
    migrate(file)
    assert version_of(file) == HEAD
    connection = sqlite3.connect(file)
    assert connection.execute("SELECT number, name, state FROM task").fetchall() == before
    assert (
        connection.execute(
            "SELECT mode, lane, lane_of, flow, asset FROM task ORDER BY number"
        ).fetchall()
        == [("whole", 0, None, "{}", None)] * 2
    )
    assert connection.execute("SELECT sha256, meta, document FROM part").fetchall() == [
        ("abcd", "{}", None)
    ]
    assert connection.execute("SELECT source, target, mode FROM route").fetchall() == [
        ("a", "b", "chunk")
    ]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
