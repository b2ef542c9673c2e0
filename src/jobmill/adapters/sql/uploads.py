"""Uploads under way, in SQL."""

from collections.abc import Sequence
from datetime import datetime

from jobmill.adapters.sql.connection import Connection, Row, instant, micros, moment
from jobmill.core.ids import AssetId, OrganizationNumber, UserNumber
from jobmill.core.items import Naming
from jobmill.core.uploads import Upload


class SqlUploadStore:
    """The `UploadStore` port."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, upload: Upload) -> None:
        self._db.insert(
            """INSERT INTO upload (id, organization, user, size, name, media_type, path, asset,
                                   asset_waits, metadata, created_at, expires_at)
               VALUES (:id, :organization, :user, :size, :name, :media_type, :path, :asset,
                       :asset_waits, :metadata, :created_at, :expires_at)""",
            id=upload.id,
            organization=upload.organization,
            user=upload.user,
            size=upload.size,
            name=upload.naming.name,
            media_type=upload.naming.media_type,
            path=upload.naming.path,
            asset=upload.asset,
            asset_waits=upload.asset_waits,
            metadata=upload.metadata,
            created_at=micros(upload.created_at),
            expires_at=micros(upload.expires_at),
        )

    def get(self, organization: OrganizationNumber, id: str) -> Upload | None:  # noqa: A002
        row = self._db.one(
            "SELECT * FROM upload WHERE id = :id AND organization = :organization",
            id=id,
            organization=organization,
        )
        return _upload(row) if row else None

    def extend(self, id: str, expires_at: datetime) -> None:  # noqa: A002
        self._db.run(
            "UPDATE upload SET expires_at = :at WHERE id = :id", id=id, at=micros(expires_at)
        )

    def finish(self, id: str, asset: AssetId, at: datetime) -> None:  # noqa: A002
        self._db.run(
            "UPDATE upload SET done_at = :at, asset = :asset WHERE id = :id",
            id=id,
            asset=asset,
            at=micros(at),
        )

    def remove(self, id: str) -> None:  # noqa: A002
        self._db.run("DELETE FROM upload WHERE id = :id", id=id)

    def expired(self, now: datetime, limit: int) -> Sequence[Upload]:
        rows = self._db.all(
            """SELECT * FROM upload WHERE expires_at <= :now
               ORDER BY expires_at LIMIT :limit""",
            now=micros(now),
            limit=limit,
        )
        return [_upload(row) for row in rows]

    def next_end(self, now: datetime) -> datetime | None:
        return moment(
            self._db.value(
                "SELECT min(expires_at) FROM upload WHERE expires_at > :now", now=micros(now)
            )
        )


def _upload(row: Row) -> Upload:
    return Upload(
        id=row["id"],
        organization=OrganizationNumber(row["organization"]),
        user=UserNumber(row["user"]),
        size=row["size"],
        naming=Naming(row["name"], row["media_type"], row["path"]),
        asset=row["asset"] and AssetId(row["asset"]),
        asset_waits=bool(row["asset_waits"]),
        metadata=row["metadata"],
        created_at=instant(row["created_at"]),
        expires_at=instant(row["expires_at"]),
        done_at=moment(row["done_at"]),
    )
