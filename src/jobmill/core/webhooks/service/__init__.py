"""Use cases on endpoints and deliveries: for the transports, and for whoever sends."""

from jobmill.core.webhooks.service.deliveries import (
    get_delivery,
    list_deliveries,
    ping_endpoint,
    replay_delivery,
    replay_endpoint,
)
from jobmill.core.webhooks.service.endpoints import (
    EndpointChange,
    EndpointSpec,
    Made,
    Mailroom,
    change_endpoint,
    create_endpoint,
    get_endpoint,
    list_endpoints,
    make_callback,
    remove_endpoint,
    rotate_secret,
)
from jobmill.core.webhooks.service.outbox import listeners_of, post_events
from jobmill.core.webhooks.service.sending import next_moment, prune_log, settle_try, take_due

__all__ = [
    "EndpointChange",
    "EndpointSpec",
    "Made",
    "Mailroom",
    "change_endpoint",
    "create_endpoint",
    "get_delivery",
    "get_endpoint",
    "list_deliveries",
    "list_endpoints",
    "listeners_of",
    "make_callback",
    "next_moment",
    "ping_endpoint",
    "post_events",
    "prune_log",
    "remove_endpoint",
    "replay_delivery",
    "replay_endpoint",
    "rotate_secret",
    "settle_try",
    "take_due",
]
