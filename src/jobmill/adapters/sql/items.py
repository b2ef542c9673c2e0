"""The counts of blobs, and items, in SQL."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from jobmill.adapters.sql.connection import Connection, Row, instant, micros, to_json
from jobmill.adapters.sql.seeing import SEES_JOB
from jobmill.core.ids import AssetNumber, ItemNumber, OrganizationNumber, UserNumber, new_id
from jobmill.core.items import Blob, Item, ItemKind

_SEES_ITEM = f"""(owner = :viewer OR owner IS NULL OR EXISTS (
    SELECT 1 FROM job
    WHERE job.item = coalesce(item.cut_of, item.number) AND job.deleted = 0 AND {SEES_JOB}))"""  # noqa: S608


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
