"""Pools that organizations made, in SQL. Others have no row, or a bare one."""

import json
from collections.abc import Sequence
from typing import Any

from jobmill.adapters.sql.connection import Connection, Row, instant, micros, to_json
from jobmill.core.capacity import MadePool
from jobmill.core.ids import OrganizationNumber, UserNumber

_WRITE = """
INSERT INTO pool (name, paused, id, title, organization, owner, engines, memory_mb, storage_mb,
    at_once, collaborators, extras, created_at, updated_at)
VALUES (:name, :paused, :id, :title, :organization, :owner, :engines, :memory_mb, :storage_mb,
    :at_once, :collaborators, :extras, :created_at, :updated_at)
ON CONFLICT (name) DO UPDATE SET paused = excluded.paused, title = excluded.title,
    engines = excluded.engines, memory_mb = excluded.memory_mb, storage_mb = excluded.storage_mb,
    at_once = excluded.at_once, collaborators = excluded.collaborators, extras = excluded.extras,
    updated_at = excluded.updated_at"""
_SHARED = "EXISTS (SELECT 1 FROM json_each(collaborators) WHERE value = :whom)"


class MadePools:
    """The part of the `CapacityStore` port about pools that were made."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add_pool(self, pool: MadePool) -> None:
        self._db.run(_WRITE, **_columns(pool))

    def save_pool(self, pool: MadePool) -> None:
        self._db.run(_WRITE, **_columns(pool))

    def remove_pool(self, name: str) -> None:
        self._db.run("DELETE FROM running_limit WHERE pool = :name", name=name)
        self._db.run("DELETE FROM pool WHERE name = :name", name=name)

    def made_pools(self, organization: OrganizationNumber | None = None) -> Sequence[MadePool]:
        mine = "" if organization is None else f"AND (organization = :mine OR {_SHARED})"
        rows = self._db.all(
            f"""SELECT * FROM pool WHERE id IS NOT NULL {mine}
                ORDER BY created_at DESC, name DESC""",  # noqa: S608
            mine=organization,
            whom=str(organization),
        )
        return [_pool(row) for row in rows]

    def made_pool(self, id: str) -> MadePool | None:  # noqa: A002
        row = self._db.one("SELECT * FROM pool WHERE id = :id", id=id)
        return _pool(row) if row else None

    def pool_named(self, name: str) -> MadePool | None:
        row = self._db.one("SELECT * FROM pool WHERE name = :name AND id IS NOT NULL", name=name)
        return _pool(row) if row else None

    def pool_in_use(self, name: str) -> int:
        found: int = self._db.value(
            """SELECT count(*) FROM task JOIN job ON job.number = task.job
               WHERE task.pool = :name AND job.ended_at IS NULL""",
            name=name,
        )
        return found


def _columns(pool: MadePool) -> dict[str, Any]:
    return {
        "name": pool.name,
        "paused": int(pool.paused),
        "id": pool.id,
        "title": pool.title,
        "organization": pool.organization,
        "owner": pool.owner,
        "engines": None if pool.engines is None else to_json(pool.engines),
        "memory_mb": pool.memory_mb,
        "storage_mb": pool.storage_mb,
        "at_once": pool.at_once,
        "collaborators": to_json(pool.collaborators),
        "extras": to_json(pool.extras),
        "created_at": micros(pool.created_at),
        "updated_at": micros(pool.updated_at),
    }


def _pool(row: Row) -> MadePool:
    return MadePool(
        id=row["id"],
        name=row["name"],
        title=row["title"],
        organization=OrganizationNumber(row["organization"]),
        owner=UserNumber(row["owner"]),
        created_at=instant(row["created_at"]),
        updated_at=instant(row["updated_at"]),
        engines=None if row["engines"] is None else tuple(json.loads(row["engines"])),
        memory_mb=row["memory_mb"],
        storage_mb=row["storage_mb"],
        at_once=row["at_once"],
        collaborators=tuple(json.loads(row["collaborators"])),
        paused=bool(row["paused"]),
        extras=json.loads(row["extras"]),
    )
