"""Alembic's entry: run the migrations on the configured file, in batch mode for SQLite.

All of them are one transaction: a process that is killed in the middle leaves the file as it was,
and a second process waits for the first.
"""

import sqlalchemy as sa
from alembic import context

from jobmill.adapters.sql.tables import metadata

BUSY_SECONDS = 60

engine = sa.create_engine(
    context.config.get_main_option("sqlalchemy.url") or "",
    # Python's own transactions would leave every CREATE outside of them.
    connect_args={"isolation_level": None, "timeout": BUSY_SECONDS},
)


@sa.event.listens_for(engine, "begin")
def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


with engine.begin() as connection:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
