"""Events and who is told of them: the system's events are ours, a subscription is an endpoint that
gets notifications in the vendor's words."""

import json
from collections.abc import Mapping
from typing import Any

from jobmill.core.errors import EndpointNotFound, InvalidInput, NotFound
from jobmill.core.events import EventType
from jobmill.core.ids import EndpointId
from jobmill.core.webhooks import Endpoint
from jobmill.core.webhooks.service import (
    EndpointSpec,
    create_endpoint,
    get_endpoint,
    list_endpoints,
    remove_endpoint,
)
from jobmill.dialects.aiware.errors import NotServed
from jobmill.dialects.aiware.graphql.call import Call
from jobmill.dialects.aiware.graphql.paging import cut
from jobmill.dialects.aiware.mapping.ids import lasting_uuid
from jobmill.dialects.aiware.notes import FIELDS, NAME

SYSTEM, WEBHOOK, JSON = "system", "Webhook", "json"
MOST = 1000


async def subscribe(call: Call, input: Mapping[str, Any]) -> str:  # noqa: A002
    """Have an event, or all events of a type, posted to an address."""
    who, room = call.who, call.house.outside.mailroom
    spec = EndpointSpec(_address(input), (_pattern(input),), format=NAME)
    made = await call.house.database.write(
        lambda work: create_endpoint(work.webhooks, room, who, spec, call.now)
    )
    return made.endpoint.id


def _address(given: Mapping[str, Any]) -> str:
    delivery = given["delivery"]
    if delivery["name"] != WEBHOOK:
        raise NotServed(f"input.delivery.name: only {WEBHOOK} is served.", field="input.delivery")
    if given.get("conditions"):
        raise NotServed(
            "input.conditions: conditions are not served; look at what comes.",
            field="input.conditions",
        )
    params = delivery["params"] if isinstance(delivery["params"], Mapping) else {}
    if params.get("encoding", JSON) != JSON or params.get("template"):
        raise NotServed(
            "input.delivery.params: only the encoding json is served, without a template.",
            field="input.delivery.params",
        )
    url = params.get("url") or params.get("uri")
    if not isinstance(url, str):
        field = "input.delivery.params.url"
        raise InvalidInput(f"{field}: give the address to post to.", field=field)
    return url


def _pattern(given: Mapping[str, Any]) -> str:
    """Which events: by name, with or without its type, else all of the type."""
    kind, name = (given.get("eventType") or "").lower(), (given.get("eventName") or "").lower()
    known = [each.value for each in EventType]
    for pattern in (name, f"{kind}.{name}"):
        if pattern in known and kind in ("", pattern.partition(".")[0]):
            return pattern
    if not name and not kind:
        return "*"
    if not name and any(each.startswith(f"{kind}.") for each in known):
        return f"{kind}.*"
    raise InvalidInput(
        f"input.eventName: there is no event {name!r} of the type {kind!r}; the query events lists "
        "those that there are.",
        field="input.eventName",
    )


async def unsubscribe(call: Call, id: str) -> dict[str, str]:  # noqa: A002
    """Send no more."""
    who = call.who
    await call.house.database.read(lambda work: _named(get_endpoint(work.webhooks, who, _id(id))))
    gone = False
    while not gone:
        gone = await call.house.database.write(
            lambda work: remove_endpoint(work.webhooks, who, _id(id))
        )
    return {"id": id, "message": f"Event subscription {id} was deleted."}


def _id(text: str) -> EndpointId:
    return EndpointId(text)


def _named(endpoint: Endpoint) -> Endpoint:
    """Raises EndpointNotFound for one that speaks in other words, or is a job's own."""
    if endpoint.format != NAME or endpoint.callback:
        raise EndpointNotFound(
            f"There is no subscription {endpoint.id!r}.",
            objectId=endpoint.id,
            objectType="EventSubscription",
        )
    return endpoint


def event(source: Any, call: Call, id: str) -> EventType:  # noqa: A002
    """The event of an id."""
    _ = call.who
    for each in EventType:
        if id in (_event_id(each), each.value):
            return each
    raise NotFound(f"There is no event {id!r}.", objectId=id, objectType="Event")


def events(
    source: Any,
    call: Call,
    application: str = SYSTEM,
    offset: int | None = 0,
    limit: int | None = 30,
) -> dict[str, Any]:
    """The system's events; applications have none of their own."""
    _ = call.who
    return cut(call, list(EventType) if application == SYSTEM else [], offset, limit)


def subscriptions(
    source: Any,
    call: Call,
    eventType: str | None = None,  # noqa: N803
    offset: int | None = 0,
    limit: int | None = 30,
) -> dict[str, Any]:
    """The organization's subscriptions, newest first."""
    found = [
        each
        for each in list_endpoints(call.work.webhooks, call.who, None, MOST)
        if each.format == NAME and eventType in (None, _parts(each)[0])
    ]
    return cut(call, found, offset, limit)


def _parts(endpoint: Endpoint) -> tuple[str | None, str | None]:
    """Type and name of what a subscription is about; None stands for every one."""
    pattern = endpoint.events[0]
    kind = pattern.partition(".")[0]
    return None if kind == "*" else kind, None if pattern.endswith("*") else pattern


def _event_id(kind: EventType) -> str:
    return lasting_uuid("event", kind.value)


EVENT: dict[str, Any] = {
    "id": lambda kind, call: _event_id(kind),
    "eventName": lambda kind, call: kind.value,
    "eventType": lambda kind, call: kind.value.partition(".")[0],
    "application": lambda kind, call: SYSTEM,
    "public": lambda kind, call: True,
    "description": lambda kind, call: kind.value.replace(".", " "),
    "schemaData": lambda kind, call: json.dumps(dict.fromkeys(FIELDS, "string")),
    "createdBy": lambda kind, call: SYSTEM,
}
SUBSCRIPTION: dict[str, Any] = {
    "organizationId": lambda endpoint, call: str(endpoint.organization),
    "eventName": lambda endpoint, call: _parts(endpoint)[1],
    "eventType": lambda endpoint, call: _parts(endpoint)[0],
    "targetName": lambda endpoint, call: WEBHOOK,
    "consumerParams": lambda endpoint, call: {"url": endpoint.url, "encoding": JSON},
    "conditions": lambda endpoint, call: [],
    "createdDateTime": lambda endpoint, call: endpoint.created_at,
}
RESOLVERS: dict[str, dict[str, Any]] = {
    "Query": {"event": event, "events": events, "eventSubscriptions": subscriptions},
    "Event": EVENT,
    "EventSubscription": SUBSCRIPTION,
}
ACTIONS = {"subscribeEvent": subscribe, "unsubscribeEvent": unsubscribe}
