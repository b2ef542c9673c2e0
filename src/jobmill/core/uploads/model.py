"""Records of uploads that may be cut and go on. The bytes themselves lie in a spool."""

from dataclasses import dataclass
from datetime import datetime

from jobmill.core.ids import AssetId, OrganizationNumber, UserNumber
from jobmill.core.items import Naming


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload of `size` bytes by one user. Where it stands, its spool file's length tells.

    `asset` is the one that the bytes are for; `asset_waits` says that it was made for them and has
    no others. `done_at` is set when the asset has them. The upload may go on until `expires_at`.
    """

    id: str
    organization: OrganizationNumber
    user: UserNumber
    size: int
    naming: Naming
    asset: AssetId | None
    asset_waits: bool
    metadata: str
    created_at: datetime
    expires_at: datetime
    done_at: datetime | None = None
