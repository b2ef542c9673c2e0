"""Registered engines in SQL, and the catalog of them."""

import json
import sqlite3
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import structlog

from jobmill.adapters.sql.connection import Connection, Row, instant, micros, to_json
from jobmill.core.engines.remote import (
    RegisteredEngine,
    RemoteManifest,
    manifest_from,
    manifest_json,
)
from jobmill.core.ids import OrganizationNumber
from jobmill_engine.manifest import Manifest

FRESH_SECONDS = 30.0
LOG = structlog.get_logger("jobmill")


class SqlEngineStore:
    """The `EngineStore` port."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def get(self, engine: str) -> RegisteredEngine | None:
        row = self._db.one("SELECT * FROM engine WHERE id = :id", id=engine)
        return None if row is None else _engine(row)

    def list(self) -> Sequence[RegisteredEngine]:
        return [_engine(row) for row in self._db.all("SELECT * FROM engine ORDER BY id")]

    def add(self, engine: RegisteredEngine) -> None:
        self._db.run(
            """INSERT INTO engine (id, organization, manifest, created_at)
               VALUES (:id, :organization, :manifest, :at)""",
            id=engine.manifest.id,
            organization=engine.organization,
            manifest=to_json(manifest_json(engine.manifest)),
            at=micros(engine.created_at),
        )

    def remove(self, engine: str) -> bool:
        return self._db.run("DELETE FROM engine WHERE id = :id", id=engine) > 0


class RegisteredEngines:
    """An `EngineCatalog` of the registered engines, for any number of processes.

    `mark` is a file whose time changes with each registration: catalogs are asked at every look of
    a worker, and that must not cost a query. Every half minute they are read in any case.
    """

    def __init__(self, database: Path, mark: Path) -> None:
        self._database = database
        self._mark = mark
        self._lock = threading.Lock()
        self._found: Mapping[str, RemoteManifest] = {}
        self._seen: int | None = None
        self._fresh_until = 0.0

    def manifests(self) -> Mapping[str, Manifest]:
        """By engine id."""
        seen = self._changed()
        with self._lock:
            if seen != self._seen or time.monotonic() >= self._fresh_until:
                self._found, self._seen = self._read(), seen
                self._fresh_until = time.monotonic() + FRESH_SECONDS
            return self._found

    def problems(self) -> Mapping[str, str]:
        """None: what is registered was checked."""
        return {}

    def changed(self) -> None:
        """Have every process look again; call it after the commit."""
        self._mark.write_text(f"{time.time_ns()}\n")

    def _changed(self) -> int:
        try:
            return self._mark.stat().st_mtime_ns
        except OSError:
            return 0

    def _read(self) -> Mapping[str, RemoteManifest]:
        try:
            connection = Connection(self._database, read_only=True)
            try:
                return {
                    each.manifest.id: each.manifest for each in SqlEngineStore(connection).list()
                }
            finally:
                connection.close()
        except sqlite3.Error as error:
            LOG.error("engines.cannot_read", error=str(error))
            return self._found


def _engine(row: Row) -> RegisteredEngine:
    return RegisteredEngine(
        manifest_from(json.loads(row["manifest"])),
        OrganizationNumber(row["organization"]),
        instant(row["created_at"]),
    )
