"""Exports in SQL."""

import json
from collections.abc import Sequence

from jobmill.adapters.sql.connection import Connection, Row, to_json
from jobmill.core.exports.model import Export, ExportSpec
from jobmill.core.ids import AssetNumber, JobNumber, OrganizationNumber, UserNumber


class SqlExportStore:
    """The `ExportStore` port."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, export: Export) -> None:
        self._db.run(
            """INSERT INTO export (job, organization, spec, user_name, rights, admin, asset)
               VALUES (:job, :organization, :spec, :user_name, :rights, :admin, :asset)""",
            job=export.job,
            organization=export.organization,
            spec=to_json(export.spec.as_json()),
            user_name=export.user_name,
            rights=to_json(sorted(export.rights)),
            admin=int(export.admin),
            asset=export.asset,
        )

    def get(self, job: JobNumber) -> Export | None:
        row = self._db.one("SELECT * FROM export WHERE job = :job", job=job)
        return _export(row) if row is not None else None

    def find(
        self,
        organization: OrganizationNumber,
        seen_by: UserNumber | None,
        before: JobNumber | None,
        limit: int,
    ) -> Sequence[Export]:
        rows = self._db.all(
            """SELECT export.* FROM export JOIN job ON job.number = export.job
               WHERE export.organization = :organization
                   AND (:before IS NULL OR export.job < :before)
                   AND (:seen_by IS NULL OR job.owner = :seen_by) AND NOT job.deleted
               ORDER BY export.job DESC LIMIT :limit""",
            organization=organization,
            before=before,
            seen_by=seen_by,
            limit=limit,
        )
        return [_export(row) for row in rows]

    def give(self, job: JobNumber, asset: AssetNumber) -> None:
        self._db.run("UPDATE export SET asset = :asset WHERE job = :job", asset=asset, job=job)


def _export(row: Row) -> Export:
    return Export(
        job=JobNumber(row["job"]),
        organization=OrganizationNumber(row["organization"]),
        spec=ExportSpec.from_json(json.loads(row["spec"])),
        user_name=row["user_name"],
        rights=frozenset(json.loads(row["rights"])),
        admin=bool(row["admin"]),
        asset=None if row["asset"] is None else AssetNumber(row["asset"]),
    )
