"""Alembic's entry: run the migrations on the configured file, in batch mode for SQLite."""

import sqlalchemy as sa
from alembic import context

from jobmill.adapters.sql.tables import metadata

engine = sa.create_engine(context.config.get_main_option("sqlalchemy.url") or "")
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
