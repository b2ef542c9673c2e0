"""Who may see and manage endpoints: the one place where that is decided.

An endpoint hears of every job of its organization, so that it is its admins' business. The callback
of a single job is its owner's too.
"""

from jobmill.core.accounts import Principal, Right, owns
from jobmill.core.errors import DeliveryNotFound, EndpointNotFound, NotAllowed
from jobmill.core.ids import DeliveryId, EndpointId
from jobmill.core.webhooks.model import Delivery, Endpoint
from jobmill.core.webhooks.ports import WebhookStore


def require_read(who: Principal) -> None:
    """Refuse whoever may not see the organization's endpoints."""
    who.require(Right.ENDPOINTS_READ)


def require_write(who: Principal) -> None:
    """Refuse whoever may not change them, or send to them."""
    who.require(Right.ENDPOINTS_WRITE)


def require_create(who: Principal) -> None:
    """Refuse whoever may not have all events of the organization sent somewhere."""
    require_write(who)
    if not who.admin:
        raise NotAllowed(
            "An endpoint hears of every job of the organization: only its admins may create one. "
            "Give your job a callback instead."
        )


def endpoint_seen(store: WebhookStore, who: Principal, endpoint: EndpointId) -> Endpoint:
    """An endpoint that the caller may see. Raises EndpointNotFound."""
    require_read(who)
    return _endpoint(store, who, endpoint)


def endpoint_managed(store: WebhookStore, who: Principal, endpoint: EndpointId) -> Endpoint:
    """An endpoint that the caller may change. Raises EndpointNotFound."""
    require_write(who)
    return _endpoint(store, who, endpoint)


def delivery_seen(store: WebhookStore, who: Principal, delivery: DeliveryId) -> Delivery:
    """A delivery that the caller may see. Raises DeliveryNotFound."""
    require_read(who)
    return _delivery(store, who, delivery)


def delivery_managed(store: WebhookStore, who: Principal, delivery: DeliveryId) -> Delivery:
    """A delivery that the caller may repeat. Raises DeliveryNotFound."""
    require_write(who)
    return _delivery(store, who, delivery)


def _endpoint(store: WebhookStore, who: Principal, endpoint: EndpointId) -> Endpoint:
    found = store.endpoints.by_id(who.organization, endpoint)
    if found is None or not _theirs(who, found):
        raise EndpointNotFound(f"There is no endpoint {endpoint!r}.")
    return found


def _delivery(store: WebhookStore, who: Principal, delivery: DeliveryId) -> Delivery:
    found = store.deliveries.by_id(who.organization, delivery)
    endpoint = None if found is None else store.endpoints.get(found.endpoint)
    if found is None or endpoint is None or not _theirs(who, endpoint):
        raise DeliveryNotFound(f"There is no delivery {delivery!r}.")
    return found


def _theirs(who: Principal, endpoint: Endpoint) -> bool:
    return who.admin or (endpoint.callback and owns(who, endpoint.organization, endpoint.owner))
