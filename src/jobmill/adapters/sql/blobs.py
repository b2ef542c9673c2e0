"""How many assets and parts use a blob, in SQL: the bytes go with the last use."""

from jobmill.adapters.sql.connection import Connection
from jobmill.core.ids import OrganizationNumber
from jobmill.core.items import Blob


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
