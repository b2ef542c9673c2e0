"""Assets, the blobs they count, and items, in SQL."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from jobmill.adapters.sql.connection import Connection, Row, instant, micros, placeholders, to_json
from jobmill.adapters.sql.seeing import SEES_JOB
from jobmill.core.ids import (
    AssetId,
    AssetNumber,
    ItemNumber,
    OrganizationNumber,
    UserNumber,
    new_id,
)
from jobmill.core.items import Asset, AssetSource, AssetState, AssetUses, Blob, Item, ItemKind


def use_blob(db: Connection, organization: OrganizationNumber, blob: Blob) -> None:
    """Count one more use of a blob."""
    db.run(
        """INSERT INTO blob (organization, sha256, size, uses)
           VALUES (:organization, :sha256, :size, 1)
           ON CONFLICT (organization, sha256) DO UPDATE SET uses = uses + 1""",
        organization=organization,
        sha256=blob.sha256,
        size=blob.size,
    )


def release_blob(db: Connection, organization: OrganizationNumber, sha256: str) -> bool:
    """Count one use less; True when that was the last and the row is gone."""
    left = db.value(
        """UPDATE blob SET uses = uses - 1
           WHERE organization = :organization AND sha256 = :sha256 RETURNING uses""",
        organization=organization,
        sha256=sha256,
    )
    if left is None or left > 0:
        return False
    db.run(
        "DELETE FROM blob WHERE organization = :organization AND sha256 = :sha256",
        organization=organization,
        sha256=sha256,
    )
    return True


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
    ) -> Asset:
        asset_id = AssetId(new_id())
        if blob is not None:
            use_blob(self._db, organization, blob)
        number = self._db.insert(
            """INSERT INTO asset (id, organization, name, media_type, source, state, location,
                                  sha256, size, owner, created_at)
               VALUES (:id, :organization, :name, :media_type, :source, :state, :location,
                       :sha256, :size, :owner, :created_at)""",
            id=asset_id,
            organization=organization,
            name=name,
            media_type=media_type,
            source=source,
            state=state,
            location=location,
            sha256=blob and blob.sha256,
            size=blob and blob.size,
            owner=owner,
            created_at=micros(at),
        )
        return Asset(
            number=AssetNumber(number),
            id=asset_id,
            organization=organization,
            name=name,
            media_type=media_type,
            source=source,
            state=state,
            created_at=at,
            location=location,
            blob=blob,
            owner=owner,
        )

    def get(self, number: AssetNumber) -> Asset | None:
        row = self._db.one("SELECT * FROM asset WHERE number = :number", number=number)
        return _asset(row) if row else None

    def by_id(self, organization: OrganizationNumber, id: AssetId) -> Asset | None:  # noqa: A002
        row = self._db.one(
            "SELECT * FROM asset WHERE id = :id AND organization = :organization",
            id=id,
            organization=organization,
        )
        return _asset(row) if row else None

    def attach_blob(self, number: AssetNumber, blob: Blob, media_type: str | None) -> None:
        row = self._db.one(
            """UPDATE asset SET state = 'ready', sha256 = :sha256, size = :size,
                                media_type = coalesce(:media_type, media_type)
               WHERE number = :number AND sha256 IS NULL RETURNING organization""",
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
               AND NOT EXISTS (SELECT 1 FROM job WHERE asset = :number) RETURNING *""",
            number=number,
        )
        if row is None or row["sha256"] is None:
            return None
        return _released(self._db, row)

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
        self._db.run(
            """UPDATE asset SET state = 'purged', sha256 = NULL, size = NULL
               WHERE number = :number""",
            number=number,
        )
        return _released(self._db, row) if row is not None and row["sha256"] else None

    def shown_by_job(self, number: AssetNumber, user: UserNumber) -> bool:
        found = self._db.value(
            f"SELECT 1 FROM job WHERE asset = :asset AND deleted = 0 AND {SEES_JOB} LIMIT 1",  # noqa: S608
            asset=number,
            viewer=user,
        )
        return found is not None

    def uses(self, number: AssetNumber) -> AssetUses:
        row = self._db.one(
            """SELECT coalesce(sum(ended_at IS NULL), 0) AS open_jobs,
                      coalesce(sum(ended_at IS NOT NULL), 0) AS ended_jobs
               FROM job WHERE asset = :number""",
            number=number,
        )
        assert row is not None  # noqa: S101  an aggregate always has a row
        return AssetUses(row["open_jobs"], row["ended_jobs"])


def _released(db: Connection, row: Row) -> Blob | None:
    last = release_blob(db, OrganizationNumber(row["organization"]), row["sha256"])
    return Blob(row["sha256"], row["size"]) if last else None


def _asset(row: Row) -> Asset:
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
        blob=Blob(row["sha256"], row["size"]) if row["sha256"] else None,
        owner=row["owner"] and UserNumber(row["owner"]),
    )


_SEES_ITEM = f"""(owner = :viewer OR owner IS NULL OR EXISTS (
    SELECT 1 FROM job
    WHERE job.item = coalesce(item.cut_of, item.number) AND job.deleted = 0 AND {SEES_JOB}))"""  # noqa: S608


class SqlItemStore:
    """The `ItemStore` port."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(
        self,
        organization: OrganizationNumber,
        kind: ItemKind,
        name: str,
        at: datetime,
        assets: Mapping[str, AssetNumber],
        extras: Mapping[str, Any],
        cut_of: ItemNumber | None = None,
        owner: UserNumber | None = None,
    ) -> Item:
        item_id = new_id()
        number = self._db.insert(
            """INSERT INTO item (id, organization, kind, name, assets, cut_of, extras, owner,
                                 created_at)
               VALUES (:id, :organization, :kind, :name, :assets, :cut_of, :extras, :owner,
                       :created_at)""",
            id=item_id,
            organization=organization,
            kind=kind,
            name=name,
            assets=to_json(assets),
            cut_of=cut_of,
            extras=to_json(extras),
            owner=owner,
            created_at=micros(at),
        )
        return Item(
            ItemNumber(number), item_id, organization, kind, name, at, assets, cut_of, extras, owner
        )

    def get(self, number: ItemNumber) -> Item | None:
        row = self._db.one("SELECT * FROM item WHERE number = :number", number=number)
        return _item(row) if row else None

    def list(
        self,
        organization: OrganizationNumber,
        kind: ItemKind,
        before: int | None,
        limit: int,
        seen_by: UserNumber | None = None,
    ) -> list[Item]:
        seen = "" if seen_by is None else f"AND {_SEES_ITEM}"
        rows = self._db.all(
            f"""SELECT * FROM item
                WHERE organization = :organization AND kind = :kind AND number < :before {seen}
                ORDER BY number DESC LIMIT :limit""",  # noqa: S608
            organization=organization,
            kind=kind,
            before=2**62 if before is None else before,
            limit=limit,
            viewer=seen_by,
        )
        return [_item(row) for row in rows]

    def shown_by_job(self, number: ItemNumber, user: UserNumber) -> bool:
        found = self._db.value(
            f"SELECT 1 FROM job WHERE item = :item AND deleted = 0 AND {SEES_JOB} LIMIT 1",  # noqa: S608
            item=number,
            viewer=user,
        )
        return found is not None

    def cuts_of(self, number: ItemNumber) -> Sequence[Item]:
        rows = self._db.all("SELECT * FROM item WHERE cut_of = :of ORDER BY number", of=number)
        return [_item(row) for row in rows]

    def remove(self, number: ItemNumber) -> None:
        used = self._db.value("SELECT 1 FROM job WHERE item = :number", number=number)
        if used is None:
            self._db.run("DELETE FROM item WHERE cut_of = :number", number=number)
            self._db.run("DELETE FROM item WHERE number = :number", number=number)


def _item(row: Row) -> Item:
    return Item(
        number=ItemNumber(row["number"]),
        id=row["id"],
        organization=OrganizationNumber(row["organization"]),
        kind=ItemKind(row["kind"]),
        name=row["name"],
        created_at=instant(row["created_at"]),
        assets=json.loads(row["assets"]),
        cut_of=row["cut_of"] and ItemNumber(row["cut_of"]),
        extras=json.loads(row["extras"]),
        owner=row["owner"] and UserNumber(row["owner"]),
    )
