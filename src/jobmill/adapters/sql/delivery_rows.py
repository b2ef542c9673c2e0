"""From rows of deliveries to the records of the core."""

import json

from jobmill.adapters.sql.connection import Row, instant, moment
from jobmill.core.ids import (
    DeliveryId,
    DeliveryNumber,
    EndpointId,
    EndpointNumber,
    JobNumber,
    OrganizationNumber,
)
from jobmill.core.webhooks.model import Delivery, DeliveryState, Message


def delivery_of(row: Row) -> Delivery:
    """A row of `delivery`, with the `endpoint_id` of its endpoint."""
    return Delivery(
        number=DeliveryNumber(row["number"]),
        id=DeliveryId(row["id"]),
        endpoint=EndpointNumber(row["endpoint"]),
        endpoint_id=EndpointId(row["endpoint_id"]),
        message=Message(
            id=row["message"],
            organization=OrganizationNumber(row["organization"]),
            type=row["type"],
            at=instant(row["at"]),
            data=json.loads(row["data"]),
            job=row["job"] and JobNumber(row["job"]),
        ),
        lane=row["lane"],
        state=DeliveryState(row["state"]),
        attempt=row["attempt"],
        created_at=instant(row["created_at"]),
        due_at=moment(row["due_at"]),
        settled_at=moment(row["settled_at"]),
        last_status=row["last_status"],
        last_error=row["last_error"],
    )
