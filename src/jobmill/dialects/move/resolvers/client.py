"""The client: whose key it is, which is an organization of ours."""

from datetime import UTC, datetime
from typing import Any

from jobmill.core.accounts import Organization
from jobmill.core.accounts.service.organizations import note_extras
from jobmill.core.errors import OrganizationNotFound
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.dialects.move.call import Call
from jobmill.dialects.move.mapping.create_job import DIALECT
from jobmill.dialects.move.mapping.ids import CLIENT, id_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def client_of(source: Any, call: Call) -> Organization:
    """The organization of the caller, whose everything is that they see."""
    if "client" not in call.kept:
        call.kept["client"] = organization_of(call.work, call)
    found: Organization = call.kept["client"]
    return found


def organization_of(work: UnitOfWork, call: Call) -> Organization:
    """The caller's organization."""
    found = work.accounts.organization(call.who.organization)
    if found is None:
        raise OrganizationNotFound
    return found


async def update_client(call: Call, metadata: Any) -> Organization:
    """Write the client's metadata."""
    kept = {"metadata": metadata}
    return await call.house.database.write(
        lambda work: note_extras(work.accounts, call.who, DIALECT, kept)
    )


def _metadata(organization: Organization, call: Call) -> Any:
    found = (organization.extras.get(DIALECT) or {}).get("metadata")
    return {} if found is None else found


CLIENT_FIELDS: dict[str, Any] = {
    "id": lambda organization, call: id_of(CLIENT, organization.id),
    "name": lambda organization, call: organization.name,
    "created": lambda organization, call: organization.created_at or EPOCH,
    "metadata": _metadata,
    "portal": lambda organization, call: f"{call.base}/",
}
RESOLVERS: dict[str, dict[str, Any]] = {"Query": {"client": client_of}, "Client": CLIENT_FIELDS}
ACTIONS = {"updateClient": update_client}
