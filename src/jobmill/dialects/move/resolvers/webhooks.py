"""Webhooks: endpoints of the platform under a name of the client's own."""

from collections.abc import Mapping, Sequence
from typing import Any

from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.webhooks import Endpoint
from jobmill.core.webhooks.service import (
    EndpointChange,
    EndpointSpec,
    change_endpoint,
    create_endpoint,
    list_endpoints,
)
from jobmill.dialects.move.call import Call
from jobmill.dialects.move.mapping.create_job import DIALECT
from jobmill.dialects.move.mapping.secrets import new_secret, stored_secret
from jobmill.dialects.move.mapping.webhooks import checked_uid, known_events, our_events
from jobmill.dialects.move.resolvers.client import client_of

MOST = 1000


async def upsert(call: Call, uid: str, url: str, **given: Any) -> dict[str, Any]:
    """Create the webhook of a uid, or change the one there is. Its secret is given, and told, when
    it is created, and stays."""
    checked_uid(uid)

    def write(work: UnitOfWork) -> dict[str, Any]:
        known = _known(work, call, uid)
        kept = _wished(uid, {} if known is None else known.extras[DIALECT], given)
        if known is None:
            return _shown(*_created(work, call, url, kept, given))
        return _shown(_changed(work, call, known, url, kept, given), None)

    return await call.house.database.write(write)


def _known(work: UnitOfWork, call: Call, uid: str) -> Endpoint | None:
    every = list_endpoints(work.webhooks, call.who, None, MOST)
    return next((each for each in every if _uid(each) == uid), None)


def _uid(endpoint: Endpoint) -> str | None:
    return (endpoint.extras.get(DIALECT) or {}).get("uid")


def _wished(uid: str, before: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a webhook: what is null now stays as it was."""
    events: Sequence[str] | None = given.get("events") or before.get("events")
    metadata = given.get("metadata")
    if metadata is None:
        metadata = before.get("metadata", {})
    return {"uid": uid, "events": known_events(events), "metadata": metadata}


def _created(
    work: UnitOfWork, call: Call, url: str, kept: Mapping[str, Any], given: Mapping[str, Any]
) -> tuple[Endpoint, str]:
    secret: str = given.get("secret") or new_secret()
    spec = EndpointSpec(
        url,
        our_events(kept["events"]),
        stored_secret(secret),
        given.get("description") or "",
        DIALECT,
        extras={DIALECT: kept},
        origins=(DIALECT,),
    )
    room = call.house.outside.mailroom
    return create_endpoint(work.webhooks, room, call.who, spec, call.now).endpoint, secret


def _changed(
    work: UnitOfWork,
    call: Call,
    known: Endpoint,
    url: str,
    kept: Mapping[str, Any],
    given: Mapping[str, Any],
) -> Endpoint:
    change = EndpointChange(
        url,
        our_events(kept["events"]),
        given.get("description"),
        enabled=True,
        extras={**known.extras, DIALECT: kept},
    )
    room = call.house.outside.mailroom
    return change_endpoint(work.webhooks, room, call.who, known.id, change, call.now)


def _shown(endpoint: Endpoint, secret: str | None) -> dict[str, Any]:
    kept = endpoint.extras[DIALECT]
    return {**kept, "url": endpoint.url, "description": endpoint.description, "secret": secret}


RESOLVERS: dict[str, dict[str, Any]] = {
    "WebhookEndpoint": {"client": client_of},
}
ACTIONS = {"upsertWebhookEndpoint": upsert}
