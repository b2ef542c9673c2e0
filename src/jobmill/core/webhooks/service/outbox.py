"""Hand events to whoever listens, in the transaction that writes them. Called at every event."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from jobmill.core.ids import JobNumber, OrganizationNumber, new_id
from jobmill.core.webhooks.filters import wants
from jobmill.core.webhooks.model import Callback, Listener, Message
from jobmill.core.webhooks.ports import WebhookStore

Tell = Callable[[int], Mapping[str, Any]]


def new_message_id() -> str:
    """A name for one event towards the outside: never given twice, by no installation."""
    return "msg_" + new_id().replace("-", "")


def listeners_of(
    store: WebhookStore,
    organization: OrganizationNumber,
    callback: Callback | None,
    events: Sequence[str],
    origin: str | None = None,
) -> Sequence[Listener]:
    """Who wants any of these events of a job of this origin (None: of any); without
    endpoints and callback it costs nothing."""
    found = [
        each
        for each in store.endpoints.listening(organization)
        if (origin is None or not each.origins or origin in each.origins)
        and any(wants(each.events, event) for event in events)
    ]
    for each in () if callback is None else callback.every:
        if any(wants(each.events, event) for event in events):
            own = store.endpoints.listener(each.endpoint)
            if own is not None:
                found.append(replace(own, task=each.task))
    return found


def post_events(
    store: WebhookStore,
    organization: OrganizationNumber,
    job: JobNumber,
    listeners: Sequence[Listener],
    events: Sequence[str],
    tell: Tell,
    at: datetime,
    tasks: Sequence[str | None] = (),
) -> None:
    """Queue each event for each listener that wants it. `tell(i)` gives the data of event `i`, and
    `tasks` say which task each is about."""
    for i, event in enumerate(events):
        task = tasks[i] if tasks else None
        wanting = [
            each
            for each in listeners
            if wants(each.events, event) and (task is None or each.task in (None, task))
        ]
        if not wanting:
            continue
        message = Message(new_message_id(), organization, event, at, tell(i), job)
        for listener in wanting:
            store.deliveries.add(message, listener, at)
