"""Assets, a row a version, and the blobs they count, in SQL."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from jobmill.adapters.sql.blobs import release_blob, use_blob
from jobmill.adapters.sql.connection import (
    Connection,
    Row,
    instant,
    micros,
    moment,
    placeholders,
    to_json,
)
from jobmill.adapters.sql.seeing import SEES_JOB
from jobmill.core.ids import AssetId, AssetNumber, OrganizationNumber, UserNumber, new_id
from jobmill.core.items import Asset, AssetQuery, AssetSource, AssetState, AssetUses, Blob

_INSERT = """
INSERT INTO asset (id, organization, name, media_type, source, state, location, sha256, size,
                   handle, version, path, declared_size, owner, created_at, retain_until, extras)
VALUES (:id, :organization, :name, :media_type, :source, :state, :location, :sha256, :size,
        :handle, :version, :path, :declared_size, :owner, :created_at, :retain_until, :extras)
RETURNING *
"""
_SEES_ASSET = f"""(owner = :viewer OR owner IS NULL OR EXISTS (
    SELECT 1 FROM job WHERE job.asset = asset.number AND job.deleted = 0 AND {SEES_JOB}))"""  # noqa: S608
_ENDS = "retain_until IS NOT NULL AND current = 1"
# `_` and `%` stand for themselves in a path.
_LIKE = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_"})


def _conditions(query: AssetQuery) -> tuple[str, dict[str, Any]]:
    conditions = ["organization = :organization", "current = 1"]
    values: dict[str, Any] = {"organization": query.organization}
    if query.seen_by is not None:
        conditions.append(_SEES_ASSET)
        values["viewer"] = query.seen_by
    if query.path is not None:
        conditions.append("path = :path")
        values["path"] = query.path
    if query.name is not None:
        conditions.append("name = :name")
        values["name"] = query.name
    if query.folder is not None:
        conditions.append(r"path LIKE :folder ESCAPE '\'")
        values["folder"] = query.folder.translate(_LIKE) + "/%"
    for column, chosen in (("state", query.states), ("source", query.sources)):
        if chosen:
            marks, named = placeholders(column, chosen)
            conditions.append(f"{column} IN ({marks})")
            values |= named
    return " AND ".join(conditions), values


class SqlAssetStore:
    """The `AssetStore` port."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(
        self,
        organization: OrganizationNumber,
        name: str,
        media_type: str,
        source: AssetSource,
        state: AssetState,
        at: datetime,
        location: str | None = None,
        blob: Blob | None = None,
        owner: UserNumber | None = None,
        *,
        path: str | None = None,
        declared_size: int | None = None,
        retain_until: datetime | None = None,
        extras: Mapping[str, Any] | None = None,
    ) -> Asset:
        asset_id = AssetId(new_id())
        return self._insert(
            blob,
            id=asset_id,
            organization=organization,
            name=name,
            media_type=media_type,
            source=source,
            state=state,
            location=location,
            handle=asset_id,
            version=1,
            path=path,
            declared_size=declared_size,
            owner=owner,
            created_at=micros(at),
            retain_until=micros(retain_until),
            extras=to_json(extras or {}),
        )

    def add_version(
        self, before: Asset, name: str, media_type: str, at: datetime, blob: Blob
    ) -> Asset:
        self._db.run("UPDATE asset SET current = 0 WHERE number = :number", number=before.number)
        return self._insert(
            blob,
            id=new_id(),
            organization=before.organization,
            name=name,
            media_type=media_type,
            source=AssetSource.UPLOAD,
            state=AssetState.READY,
            location=None,
            handle=before.handle,
            version=before.version + 1,
            path=before.path,
            declared_size=None,
            owner=before.owner,
            created_at=micros(at),
            retain_until=micros(before.retain_until),
            extras=to_json(before.extras),
        )

    def note_extras(self, handle: AssetId, extras: Mapping[str, Any]) -> None:
        self._db.run(
            "UPDATE asset SET extras = :extras WHERE handle = :handle",
            handle=handle,
            extras=to_json(extras),
        )

    def retain(self, handle: AssetId, until: datetime | None) -> None:
        self._db.run(
            "UPDATE asset SET retain_until = :until WHERE handle = :handle",
            handle=handle,
            until=micros(until),
        )

    def over(self, now: datetime, limit: int) -> Sequence[Asset]:
        rows = self._db.all(
            f"""SELECT * FROM asset WHERE {_ENDS} AND retain_until <= :now
                ORDER BY retain_until LIMIT :limit""",  # noqa: S608
            now=micros(now),
            limit=limit,
        )
        return [asset_of(row) for row in rows]

    def next_end(self) -> datetime | None:
        return moment(self._db.value(f"SELECT min(retain_until) FROM asset WHERE {_ENDS}"))  # noqa: S608

    def _insert(self, blob: Blob | None, **values: Any) -> Asset:
        if blob is not None:
            use_blob(self._db, values["organization"], blob)
        row = self._db.one(
            _INSERT, sha256=blob and blob.sha256, size=blob.size if blob else None, **values
        )
        assert row is not None  # noqa: S101  RETURNING always has one
        return asset_of(row)

    def get(self, number: AssetNumber) -> Asset | None:
        row = self._db.one("SELECT * FROM asset WHERE number = :number", number=number)
        return asset_of(row) if row else None

    def by_id(self, organization: OrganizationNumber, id: AssetId) -> Asset | None:  # noqa: A002
        return self._current("handle = :id", id=id, organization=organization)

    def by_path(self, organization: OrganizationNumber, path: str) -> Asset | None:
        return self._current("path = :path", path=path, organization=organization)

    def _current(self, condition: str, **values: Any) -> Asset | None:
        row = self._db.one(
            f"""SELECT * FROM asset
                WHERE {condition} AND organization = :organization AND current = 1""",  # noqa: S608
            **values,
        )
        return asset_of(row) if row else None

    def version(
        self, organization: OrganizationNumber, handle: AssetId, version: int
    ) -> Asset | None:
        row = self._db.one(
            """SELECT * FROM asset WHERE handle = :handle AND version = :version
               AND organization = :organization""",
            handle=handle,
            version=version,
            organization=organization,
        )
        return asset_of(row) if row else None

    def versions(
        self, organization: OrganizationNumber, handle: AssetId, before: int | None, limit: int
    ) -> Sequence[Asset]:
        rows = self._db.all(
            """SELECT * FROM asset WHERE handle = :handle AND organization = :organization
               AND version < :before ORDER BY version DESC LIMIT :limit""",
            handle=handle,
            organization=organization,
            before=2**62 if before is None else before,
            limit=limit,
        )
        return [asset_of(row) for row in rows]

    def find(self, query: AssetQuery) -> Sequence[Asset]:
        where, values = _conditions(query)
        rows = self._db.all(
            f"""SELECT * FROM asset WHERE {where} AND number < :before
                ORDER BY number DESC LIMIT :limit OFFSET :offset""",  # noqa: S608
            before=2**62 if query.before is None else query.before,
            limit=query.limit,
            offset=query.offset,
            **values,
        )
        return [asset_of(row) for row in rows]

    def count(self, query: AssetQuery) -> int:
        where, values = _conditions(query)
        return int(self._db.value(f"SELECT count(*) FROM asset WHERE {where}", **values) or 0)  # noqa: S608

    def attach_blob(self, number: AssetNumber, blob: Blob, media_type: str | None) -> None:
        row = self._db.one(
            """UPDATE asset SET state = 'ready', sha256 = :sha256, size = :size,
                                media_type = coalesce(:media_type, media_type)
               WHERE number = :number AND state = 'awaiting' RETURNING organization""",
            number=number,
            sha256=blob.sha256,
            size=blob.size,
            media_type=media_type,
        )
        if row is not None:
            use_blob(self._db, OrganizationNumber(row["organization"]), blob)

    def remove(self, number: AssetNumber) -> Blob | None:
        row = self._db.one(
            """DELETE FROM asset WHERE number = :number
               AND NOT EXISTS (SELECT 1 FROM job WHERE asset = :number)
               AND NOT EXISTS (SELECT 1 FROM task WHERE asset = :number) RETURNING *""",
            number=number,
        )
        return None if row is None else self._released(row)

    def unused(self, organization: OrganizationNumber, blobs: Sequence[Blob]) -> Sequence[Blob]:
        marks, values = placeholders("sha", [blob.sha256 for blob in blobs])
        rows = self._db.all(
            f"""SELECT sha256 FROM blob
                WHERE organization = :organization AND sha256 IN ({marks})""",  # noqa: S608
            organization=organization,
            **values,
        )
        used = {row["sha256"] for row in rows}
        return [blob for blob in blobs if blob.sha256 not in used]

    def purge(self, number: AssetNumber) -> Blob | None:
        row = self._db.one("SELECT * FROM asset WHERE number = :number", number=number)
        self._db.run("UPDATE asset SET state = 'purged' WHERE number = :number", number=number)
        return None if row is None else self._released(row)

    def give_up_path(self, handle: AssetId) -> None:
        self._db.run(
            """UPDATE asset SET path = NULL, current = version =
                   (SELECT max(version) FROM asset WHERE handle = :handle)
               WHERE handle = :handle""",
            handle=handle,
        )

    def shown_by_job(self, number: AssetNumber, user: UserNumber) -> bool:
        found = self._db.value(
            f"""SELECT 1 FROM job WHERE number IN (
                    SELECT number FROM job WHERE asset = :asset UNION ALL
                    SELECT task.job FROM item_asset JOIN task ON task.number = item_asset.task
                    WHERE item_asset.asset = :asset)
                AND deleted = 0 AND {SEES_JOB} LIMIT 1""",  # noqa: S608
            asset=number,
            viewer=user,
        )
        return found is not None

    def uses(self, number: AssetNumber) -> AssetUses:
        row = self._db.one(
            """SELECT coalesce(sum(ended_at IS NULL), 0) AS open_jobs,
                      coalesce(sum(ended_at IS NOT NULL), 0) AS ended_jobs
               FROM job WHERE number IN (
                   SELECT number FROM job WHERE asset = :number
                   UNION SELECT job FROM task WHERE asset = :number)""",
            number=number,
        )
        assert row is not None  # noqa: S101  an aggregate always has a row
        return AssetUses(row["open_jobs"], row["ended_jobs"])

    def _released(self, row: Row) -> Blob | None:
        """The blob of an asset that gave it up, when that was its last use."""
        if row["sha256"] is None or row["state"] == AssetState.PURGED:
            return None
        last = release_blob(self._db, OrganizationNumber(row["organization"]), row["sha256"])
        return Blob(row["sha256"], row["size"]) if last else None


def asset_of(row: Row) -> Asset:
    """The asset of a row."""
    return Asset(
        number=AssetNumber(row["number"]),
        id=AssetId(row["id"]),
        organization=OrganizationNumber(row["organization"]),
        name=row["name"],
        media_type=row["media_type"],
        source=AssetSource(row["source"]),
        state=AssetState(row["state"]),
        created_at=instant(row["created_at"]),
        location=row["location"],
        facts=Blob(row["sha256"], row["size"]) if row["sha256"] else None,
        handle=AssetId(row["handle"]),
        version=row["version"],
        path=row["path"],
        declared_size=row["declared_size"],
        owner=row["owner"] and UserNumber(row["owner"]),
        retain_until=moment(row["retain_until"]),
        extras=json.loads(row["extras"]),
    )
