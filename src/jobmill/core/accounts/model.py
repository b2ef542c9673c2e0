"""Records of who may call, and the principal that every use case receives."""

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
    PIPELINES_READ = "pipelines:read"
    PIPELINES_WRITE = "pipelines:write"
    ENGINES_READ = "engines:read"
    ENGINES_WRITE = "engines:write"
    POOLS_WRITE = "pools:write"
    LIMITS_WRITE = "limits:write"


@dataclass(frozen=True, slots=True)
class Organization:
    """The owner of every row."""

    number: OrganizationNumber
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class User:
    """A person or program of one organization."""

    number: UserNumber
    id: str
    organization: OrganizationNumber
    name: str


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as stored: only its digest, so that a stolen database opens nothing."""

    id: str
    organization: OrganizationNumber
    user: UserNumber
    name: str
    prefix: str
    digest: str
    rights: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is calling now, and with which rights."""

    organization: OrganizationNumber
    user: UserNumber
    user_name: str
    rights: frozenset[str]

    def may(self, right: Right) -> bool:
        """Whether this caller has the right."""
        return Right.ALL in self.rights or right in self.rights

    def require(self, right: Right) -> None:
        """Refuse the call unless the caller has the right."""
        if not self.may(right):
            raise NotAllowed(f"This key lacks the right {right.value!r}.", right=right.value)
