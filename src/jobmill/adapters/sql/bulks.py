"""Bulk actions in SQL."""

import json
from typing import Any

from jobmill.adapters.sql.connection import Connection, instant, micros, to_json
from jobmill.core.ids import JobNumber
from jobmill.core.jobs.bulk import Bulk, BulkAction


class SqlBulkStore:
    """The `BulkStore` port. Times among the changes are kept as such."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, bulk: Bulk) -> None:
        self._db.run(
            """INSERT INTO bulk (job, action, filter, changes, user_name, rights, admin,
                   matched)
               VALUES (:job, :action, :filter, :changes, :user_name, :rights, :admin, :matched)""",
            job=bulk.job,
            action=bulk.action,
            filter=to_json(bulk.filter),
            changes=to_json({name: _kept(name, value) for name, value in bulk.changes.items()}),
            user_name=bulk.user_name,
            rights=to_json(sorted(bulk.rights)),
            admin=int(bulk.admin),
            matched=bulk.matched,
        )

    def get(self, job: JobNumber) -> Bulk | None:
        row = self._db.one("SELECT * FROM bulk WHERE job = :job", job=job)
        if row is None:
            return None
        place = None
        if row["place_at"] is not None:
            place = (instant(row["place_at"]), int(row["place_number"]))
        return Bulk(
            job=job,
            action=BulkAction(row["action"]),
            filter=json.loads(row["filter"]),
            user_name=row["user_name"],
            rights=frozenset(json.loads(row["rights"])),
            admin=bool(row["admin"]),
            matched=row["matched"],
            changes={n: _given(n, v) for n, v in json.loads(row["changes"]).items()},
            place=place,
            changed=row["changed"],
            skipped=row["skipped"],
        )

    def save(self, bulk: Bulk) -> None:
        self._db.run(
            """UPDATE bulk SET changed = :changed, skipped = :skipped, place_at = :at,
                   place_number = :number WHERE job = :job""",
            job=bulk.job,
            changed=bulk.changed,
            skipped=bulk.skipped,
            at=micros(bulk.place[0]) if bulk.place else None,
            number=bulk.place[1] if bulk.place else None,
        )


TIMES = ("due", "expires_at", "retain_until")


def _kept(name: str, value: Any) -> Any:
    return micros(value) if name in TIMES else value


def _given(name: str, value: Any) -> Any:
    return instant(value) if name in TIMES and value is not None else value
