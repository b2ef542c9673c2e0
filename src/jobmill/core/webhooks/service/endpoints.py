"""Create, read, change and remove endpoints, and the callback of a single job."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from jobmill.core.accounts import Principal
from jobmill.core.errors import InvalidInput, LimitExceeded, SecretUnreadable
from jobmill.core.ids import EndpointId, new_id
from jobmill.core.webhooks.filters import ENDS, EVERY_JOB, checked_patterns
from jobmill.core.webhooks.formats import Formats, format_named
from jobmill.core.webhooks.model import Callback, DisabledReason, Endpoint, SealedSecret
from jobmill.core.webhooks.ports import NewEndpoint, Vault, WebhookStore
from jobmill.core.webhooks.service.access import (
    endpoint_managed,
    endpoint_seen,
    require_create,
    require_read,
)
from jobmill.core.webhooks.standard import NAME as STANDARD_NAME
from jobmill.core.webhooks.standard import STANDARD

MAX_SECRETS = 5
SLICE = 1_000
"""Deliveries that one transaction changes: others want to write meanwhile."""
OVERLAP = timedelta(days=1)
MAX_OVERLAP = timedelta(days=30)


class ClosedVault:
    """The vault of a house that has none."""

    def seal(self, secret: str, context: str) -> str:
        raise SecretUnreadable("This process has no key for secrets.")

    def open(self, sealed: str, context: str) -> str:
        raise SecretUnreadable("This process has no key for secrets.")


@dataclass(frozen=True, slots=True)
class Mailroom:
    """What setting up an endpoint needs from outside. `check` raises InvalidInput for an address
    that can never be sent to."""

    vault: Vault
    formats: Formats
    check: Callable[[str], None]


def _anything(url: str) -> None:
    """Whoever sends checks again."""


CLOSED_MAILROOM = Mailroom(ClosedVault(), {STANDARD_NAME: STANDARD}, _anything)


@dataclass(frozen=True, slots=True)
class EndpointSpec:
    """A wish for an endpoint, or for a callback. `events` None: what is usual for it. With
    `origins` it hears of jobs of these faces alone; `extras` are a dialect's own furniture."""

    url: str
    events: tuple[str, ...] | None = None
    secret: str | None = None
    description: str = ""
    format: str = STANDARD_NAME
    extras: Mapping[str, Any] = field(default_factory=dict)
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EndpointChange:
    """What shall be different; None leaves it."""

    url: str | None = None
    events: tuple[str, ...] | None = None
    description: str | None = None
    enabled: bool | None = None
    extras: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """An endpoint, and its secret in the clear when it was made here: the only time to read it."""

    endpoint: Endpoint
    secret: str | None


def create_endpoint(
    store: WebhookStore, room: Mailroom, who: Principal, spec: EndpointSpec, now: datetime
) -> Made:
    """Create an endpoint. Raises InvalidInput, naming the field and the fix."""
    require_create(who)
    return _add(store, room, who, spec, now, prefix="", callback=False)


def make_callback(
    store: WebhookStore, room: Mailroom, who: Principal, spec: EndpointSpec, now: datetime
) -> tuple[Callback, str | None]:
    """The endpoint of one job, for whoever may create that job; its secret if it was made here."""
    made = _add(store, room, who, spec, now, prefix="callback.", callback=True)
    endpoint = made.endpoint
    return Callback(endpoint.number, endpoint.id, endpoint.url, endpoint.events), made.secret


def list_endpoints(
    store: WebhookStore, who: Principal, before: int | None, limit: int
) -> Sequence[Endpoint]:
    """Endpoints of the caller's organization, newest first, without callbacks."""
    require_read(who)
    return store.endpoints.list(who.organization, before, limit) if who.admin else []


def get_endpoint(store: WebhookStore, who: Principal, endpoint: EndpointId) -> Endpoint:
    """An endpoint, or a job's callback. Raises EndpointNotFound."""
    return endpoint_seen(store, who, endpoint)


def change_endpoint(
    store: WebhookStore,
    room: Mailroom,
    who: Principal,
    endpoint: EndpointId,
    change: EndpointChange,
    now: datetime,
) -> Endpoint:
    """Edit an endpoint. Disabled, what waits is held; enabled, what comes is sent again."""
    found = endpoint_managed(store, who, endpoint)
    changed = replace(found, updated_at=now)
    if change.url is not None:
        changed = replace(changed, url=_checked_url(room, change.url, "url"))
    if change.events is not None:
        changed = replace(changed, events=checked_patterns(change.events, "events"))
    if change.description is not None:
        changed = replace(changed, description=change.description)
    if change.extras is not None:
        changed = replace(changed, extras=change.extras)
    store.endpoints.save(changed)
    if change.enabled is True and found.disabled is not None:
        store.deliveries.disable(found.number, None, now)
    elif change.enabled is False:
        store.deliveries.disable(found.number, DisabledReason.BY_USER, now)
    return endpoint_managed(store, who, endpoint)


def remove_endpoint(
    store: WebhookStore, who: Principal, endpoint: EndpointId, limit: int = SLICE
) -> bool:
    """Remove an endpoint with its deliveries, so many in one transaction: the oldest first. False
    while there are more. A callback goes too; its job stays."""
    number = endpoint_managed(store, who, endpoint).number
    if store.endpoints.trim(number, limit) == limit:
        return False
    store.endpoints.remove(number)
    return True


def rotate_secret(
    store: WebhookStore,
    room: Mailroom,
    who: Principal,
    endpoint: EndpointId,
    secret: str | None,
    overlap: timedelta,
    now: datetime,
) -> Made:
    """Sign with a new secret at once, and for `overlap` longer with the old ones too."""
    found = endpoint_managed(store, who, endpoint)
    sealed, shown = _secret(room, found.id, found.format, secret, "secret")
    until = now + overlap
    ends = [(each.sealed, min(each.until or until, until)) for each in found.secrets]
    kept = tuple(SealedSecret(old, end) for old, end in ends if end > now)
    if len(kept) >= MAX_SECRETS:
        raise LimitExceeded(
            f"{MAX_SECRETS} secrets of this endpoint are in force; rotate with overlap_seconds 0 "
            "to end the old ones."
        )
    changed = replace(found, secrets=(SealedSecret(sealed), *kept), updated_at=now)
    store.endpoints.save(changed)
    return Made(changed, shown)


def _add(
    store: WebhookStore,
    room: Mailroom,
    who: Principal,
    spec: EndpointSpec,
    now: datetime,
    *,
    prefix: str,
    callback: bool,
) -> Made:
    url = _checked_url(room, spec.url, f"{prefix}url")
    usual = format_named(room.formats, spec.format).events or ENDS if callback else EVERY_JOB
    events = checked_patterns(usual if spec.events is None else spec.events, f"{prefix}events")
    endpoint_id = EndpointId(new_id())
    sealed, shown = _secret(room, endpoint_id, spec.format, spec.secret, f"{prefix}secret")
    endpoint = store.endpoints.add(
        NewEndpoint(
            id=endpoint_id,
            organization=who.organization,
            owner=who.user,
            url=url,
            events=events,
            format=spec.format,
            secrets=(SealedSecret(sealed),),
            created_at=now,
            description=spec.description,
            callback=callback,
            extras=spec.extras,
            origins=spec.origins,
        )
    )
    return Made(endpoint, shown)


def _checked_url(room: Mailroom, url: str, field: str) -> str:
    try:
        room.check(url)
    except InvalidInput as refusal:
        refusal.field = refusal.field or field
        raise
    return url


def _secret(
    room: Mailroom, endpoint: EndpointId, format_name: str, given: str | None, field: str
) -> tuple[str, str | None]:
    """The secret sealed and, if it was made here, in the clear."""
    chosen = format_named(room.formats, format_name)
    if given is not None:
        try:
            chosen.check_secret(given)
        except InvalidInput as refusal:
            refusal.field = refusal.field or field
            raise
        return room.vault.seal(given, endpoint), None
    made = chosen.new_secret()
    return room.vault.seal(made, endpoint), made
