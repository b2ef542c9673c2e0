"""The embedded store: SQLite in WAL mode, one writer thread with group commit, our own queue."""

from jobmill.adapters.sql.bell import CommitBell
from jobmill.adapters.sql.database import SqliteDatabase

__all__ = ["CommitBell", "SqliteDatabase"]
