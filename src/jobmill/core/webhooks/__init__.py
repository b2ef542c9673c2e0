"""Webhooks: endpoints that get events, and the deliveries that bring them there."""

from jobmill.core.webhooks.formats import Format, Formats, Outgoing, Rendered
from jobmill.core.webhooks.model import (
    Callback,
    Delivery,
    DeliveryAttempt,
    DeliveryState,
    DisabledReason,
    Due,
    Endpoint,
    Message,
    Posted,
    SealedSecret,
)
from jobmill.core.webhooks.ports import Poster, Vault, WebhookStore

__all__ = [
    "Callback",
    "Delivery",
    "DeliveryAttempt",
    "DeliveryState",
    "DisabledReason",
    "Due",
    "Endpoint",
    "Format",
    "Formats",
    "Message",
    "Outgoing",
    "Posted",
    "Poster",
    "Rendered",
    "SealedSecret",
    "Vault",
    "WebhookStore",
]
