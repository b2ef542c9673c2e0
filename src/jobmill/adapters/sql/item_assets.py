"""Assets in the roles of items, in SQL."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from jobmill.adapters.sql.assets import asset_of
from jobmill.adapters.sql.connection import Connection, instant, micros, placeholders, to_json
from jobmill.core.ids import AssetNumber, ItemNumber
from jobmill.core.items import HeldAsset


class HoldingAssets:
    """The part of the `ItemStore` port that puts assets into roles."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def hold(
        self,
        item: ItemNumber,
        role: str,
        asset: AssetNumber,
        at: datetime,
        *,
        main: bool = False,
        task: int | None = None,
        extras: Mapping[str, Any] | None = None,
    ) -> int:
        if main:
            self._clear_main(item, role)
        return self._db.insert(
            """INSERT INTO item_asset (item, asset, role, main, task, extras, created_at)
               VALUES (:item, :asset, :role, :main, :task, :extras, :created_at)""",
            item=item,
            asset=asset,
            role=role,
            main=int(main),
            task=task,
            extras=to_json(extras or {}),
            created_at=micros(at),
        )

    def held(self, items: Sequence[ItemNumber]) -> Sequence[HeldAsset]:
        if not items:
            return []
        marks, values = placeholders("item", items)
        return self._held(f"item_asset.item IN ({marks})", **values)

    def holding(self, asset: AssetNumber) -> HeldAsset | None:
        found = self._held("item_asset.asset = :asset", asset=asset)
        return found[0] if found else self._begun_with(asset)

    def _begun_with(self, asset: AssetNumber) -> HeldAsset | None:
        """An item that was made around the asset, as a job's input."""
        row = self._db.one(
            """SELECT asset.*, job.item FROM job JOIN asset ON asset.number = job.asset
               WHERE job.asset = :asset AND job.item IS NOT NULL ORDER BY job.number LIMIT 1""",
            asset=asset,
        )
        if row is None:
            return None
        found = asset_of(row)
        return HeldAsset(0, ItemNumber(row["item"]), "source", found, found.created_at)

    def save_held(self, held: HeldAsset) -> None:
        if held.main:
            self._clear_main(held.item, held.role)
        self._db.run(
            """UPDATE item_asset SET role = :role, main = :main, extras = :extras
               WHERE number = :number""",
            number=held.number,
            role=held.role,
            main=int(held.main),
            extras=to_json(held.extras),
        )

    def release(self, number: int) -> None:
        self._db.run("DELETE FROM item_asset WHERE number = :number", number=number)

    def _held(self, condition: str, **values: Any) -> list[HeldAsset]:
        rows = self._db.all(
            f"""SELECT asset.*, item_asset.number AS place, item_asset.item, item_asset.role,
                    item_asset.main, item_asset.task, item_asset.extras AS held_extras,
                    item_asset.created_at AS held_at
                FROM item_asset JOIN asset ON asset.number = item_asset.asset
                WHERE {condition} ORDER BY item_asset.number""",  # noqa: S608
            **values,
        )
        return [
            HeldAsset(
                row["place"],
                ItemNumber(row["item"]),
                row["role"],
                asset_of(row),
                instant(row["held_at"]),
                bool(row["main"]),
                row["task"],
                json.loads(row["held_extras"]),
            )
            for row in rows
        ]

    def _clear_main(self, item: ItemNumber, role: str) -> None:
        self._db.run(
            "UPDATE item_asset SET main = 0 WHERE item = :item AND role = :role",
            item=item,
            role=role,
        )
