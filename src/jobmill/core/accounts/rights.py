"""What a caller may do: the rights a key can bear, and the principal that every use case gets."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from jobmill.core.errors import NotAllowed
from jobmill.core.ids import OrganizationNumber, UserNumber


class Right(StrEnum):
    """What a key may do. `ALL` stands for every right."""

    ALL = "*"
    JOBS_READ = "jobs:read"
    JOBS_WRITE = "jobs:write"
    ASSETS_READ = "assets:read"
    ASSETS_WRITE = "assets:write"
    REVIEWS_WRITE = "reviews:write"
    PIPELINES_READ = "pipelines:read"
    PIPELINES_WRITE = "pipelines:write"
    ENGINES_READ = "engines:read"
    ENGINES_WRITE = "engines:write"
    ENDPOINTS_READ = "endpoints:read"
    ENDPOINTS_WRITE = "endpoints:write"
    ACCOUNTS_READ = "accounts:read"
    ACCOUNTS_WRITE = "accounts:write"
    KEYS_READ = "keys:read"
    KEYS_WRITE = "keys:write"
    POOLS_WRITE = "pools:write"
    LIMITS_WRITE = "limits:write"


class Proof(StrEnum):
    """What a caller showed to be let in."""

    KEY = "key"
    SESSION = "session"


@dataclass(frozen=True, slots=True)
class Credential:
    """The key or session behind a call, and when it ends unless somebody ends it before."""

    proof: Proof
    id: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is calling now, and with which rights. `admin` of the organization or not.

    Without a credential it is a call without a key, in the one dialect whose clients send none.
    """

    organization: OrganizationNumber
    user: UserNumber
    user_name: str
    rights: frozenset[str]
    admin: bool = False
    credential: Credential | None = None

    def may(self, right: Right) -> bool:
        """Whether this caller has the right."""
        return Right.ALL in self.rights or right in self.rights

    def require(self, right: Right) -> None:
        """Refuse the call unless the caller has the right."""
        if not self.may(right):
            raise NotAllowed(f"This key lacks the right {right.value!r}.", right=right.value)

    def require_admin(self, right: Right) -> None:
        """Refuse the call unless the caller has the right and is an admin of the organization."""
        self.require(right)
        if not self.admin:
            raise NotAllowed("Only admins of the organization may do that.")
