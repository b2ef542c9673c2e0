"""Items, in SQL."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from jobmill.adapters.sql.connection import (
    Row,
    instant,
    micros,
    moment,
    placeholders,
    to_json,
)
from jobmill.adapters.sql.item_assets import HoldingAssets
from jobmill.adapters.sql.seeing import SEES_JOB
from jobmill.core.ids import AssetNumber, ItemNumber, OrganizationNumber, UserNumber, new_id
from jobmill.core.items import Item, ItemKind, ItemOrder, ItemQuery

_SEES_ITEM = f"""(owner = :viewer OR owner IS NULL OR EXISTS (
    SELECT 1 FROM job
    WHERE job.item = coalesce(item.cut_of, item.number) AND job.deleted = 0 AND {SEES_JOB}))"""  # noqa: S608


class SqlItemStore(HoldingAssets):
    """The `ItemStore` port."""

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
        *,
        lasting: bool = False,
        starts_at: datetime | None = None,
        ends_at: datetime | None = None,
    ) -> Item:
        item_id = new_id()
        number = self._db.insert(
            """INSERT INTO item (id, organization, kind, name, assets, cut_of, extras, owner,
                                 created_at, lasting, starts_at, ends_at)
               VALUES (:id, :organization, :kind, :name, :assets, :cut_of, :extras, :owner,
                       :created_at, :lasting, :starts_at, :ends_at)""",
            id=item_id,
            organization=organization,
            kind=kind,
            name=name,
            assets=to_json(assets),
            cut_of=cut_of,
            extras=to_json(extras),
            owner=owner,
            created_at=micros(at),
            lasting=int(lasting),
            starts_at=micros(starts_at),
            ends_at=micros(ends_at),
        )
        return Item(
            ItemNumber(number),
            item_id,
            organization,
            kind,
            name,
            at,
            assets,
            cut_of,
            extras,
            owner,
            lasting,
            None,
            starts_at,
            ends_at,
        )

    def save(self, item: Item) -> None:
        self._db.run(
            """UPDATE item SET name = :name, extras = :extras, lasting = :lasting,
                   updated_at = :updated_at, starts_at = :starts_at, ends_at = :ends_at
               WHERE number = :number""",
            number=item.number,
            name=item.name,
            extras=to_json(item.extras),
            lasting=int(item.lasting),
            updated_at=micros(item.updated_at),
            starts_at=micros(item.starts_at),
            ends_at=micros(item.ends_at),
        )

    def find(self, query: ItemQuery) -> Sequence[Item]:
        conditions, values = _conditions(query)
        way = "DESC" if query.descending else "ASC"
        # Of equal times the number decides, so that pages neither double nor drop a row.
        order = f"{_time(query.order)} {way}, number {way}"
        rows = self._db.all(
            f"""SELECT * FROM item WHERE {" AND ".join(conditions)}
                ORDER BY {order} LIMIT :limit OFFSET :offset""",  # noqa: S608
            limit=query.limit,
            offset=query.offset,
            **values,
        )
        return [_item(row) for row in rows]

    def get(self, number: ItemNumber) -> Item | None:
        row = self._db.one("SELECT * FROM item WHERE number = :number", number=number)
        return _item(row) if row else None

    def by_id(self, organization: OrganizationNumber, id: str) -> Item | None:  # noqa: A002
        row = self._db.one(
            "SELECT * FROM item WHERE id = :id AND organization = :organization",
            id=id,
            organization=organization,
        )
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


def _conditions(query: ItemQuery) -> tuple[list[str], dict[str, Any]]:
    conditions = ["organization = :organization", "kind = :kind", "cut_of IS NULL"]
    values: dict[str, Any] = {"organization": query.organization, "kind": query.kind}
    if query.numbers is not None:
        marks, named = placeholders("number", query.numbers)
        conditions.append(f"number IN ({marks})")
        values |= named
    if query.folder is not None:
        conditions.append("number IN (SELECT item FROM folder_item WHERE folder = :folder)")
        values["folder"] = query.folder
    if query.seen_by is not None:
        conditions.append(_SEES_ITEM)
        values["viewer"] = query.seen_by
    for i, span in enumerate(query.spans):
        for name, end, sign, without in (
            ("since", span.since, ">", span.without_since),
            ("until", span.until, "<", span.without_until),
        ):
            if end is not None:
                equal = "" if without else "="
                conditions.append(f"{_time(span.of)} {sign}{equal} :{name}{i}")
                values[f"{name}{i}"] = micros(end)
    return conditions, values


def _time(order: ItemOrder) -> str:
    """The column of a time; what was never set stands where the item was made."""
    return "created_at" if order is ItemOrder.CREATED else f"coalesce({order}, created_at)"


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
        lasting=bool(row["lasting"]),
        updated_at=moment(row["updated_at"]),
        starts_at=moment(row["starts_at"]),
        ends_at=moment(row["ends_at"]),
    )
