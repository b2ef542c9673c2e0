"""Alembic's entry: run the migrations on the configured file, in batch mode for SQLite.

All of them are one transaction: a process that is killed in the middle leaves the file as it was,
and a second process waits for the first.
"""

import sqlalchemy as sa
from alembic import context
from alembic.operations.ops import ExecuteSQLOp, MigrationScript

from jobmill.adapters.sql.tables import metadata, search

BUSY_SECONDS = 60

engine = sa.create_engine(
    context.config.get_main_option("sqlalchemy.url") or "",
    # Python's own transactions would leave every CREATE outside of them.
    connect_args={"isolation_level": None, "timeout": BUSY_SECONDS},
)


@sa.event.listens_for(engine, "begin")
def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _ours(thing: object, name: str | None, kind: str, *_: object) -> bool:
    """Whether alembic shall compare a table: the full-text index is none to it."""
    return kind != "table" or name not in search.PARTS


def _with_search(_: object, __: object, scripts: list[MigrationScript]) -> None:
    """The first migration makes the full-text index too."""
    for script in scripts:
        if script.upgrade_ops and context.get_context().get_current_revision() is None:
            script.upgrade_ops.ops.append(ExecuteSQLOp(search.STATEMENT))


with engine.begin() as connection:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        include_object=_ours,
        process_revision_directives=_with_search,
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
