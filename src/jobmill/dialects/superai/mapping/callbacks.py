"""What a callback says: the vendor's own keys, and every key of the job object."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from jobmill.core.jobs.states import JobState
from jobmill.core.webhooks import Message
from jobmill.dialects.superai import schema as vendor
from jobmill.dialects.superai.mapping.states import STATUS
from jobmill.dialects.superai.mapping.times import moment_of

ENDS = ("job.completed", "job.failed", "job.cancelled", "job.expired")
MARKED = "job.marked"
EVENTS = (*ENDS, "job.paused", "job.updated", MARKED, "job.output_edited")
"""What a callback hears of: ends, suspensions, and what people change."""


def job_body(message: Message, shown: Mapping[str, Any]) -> dict[str, Any]:
    """A callback about a job: `shown` is its object as it is now; where it stood at the event,
    the event says."""
    told: Mapping[str, Any] = message.data.get("job", {})
    body = dict(shown)
    if told:
        status = STATUS[JobState(told["state"])]
        ended_at = told.get("ended_at")
        ended = None if ended_at is None else datetime.fromisoformat(ended_at).astimezone(UTC)
        # A job that was deleted meanwhile still has its name and its end.
        body |= {"id": str(told["number"]), "uuid": told["id"], "status": status}
        body["completed"] = moment_of(ended)
        body["state"] = status
    if message.type == MARKED:
        # It comes late at times, when the mark is another one already.
        body["correct"] = message.data.get("details", {}).get("correct")
    return body | {"action": action_of(message), "postProcessingEnabled": "false"}


def action_of(message: Message) -> str:
    """What was done to the job."""
    details: Mapping[str, Any] = message.data.get("details", {})
    if message.type in (*ENDS, "job.paused"):
        return vendor.RESOLVED
    if message.type == MARKED:
        if (correct := details.get("correct")) is None:
            return vendor.EDITED
        return vendor.ACCEPTED if correct else vendor.DECLINED
    if "tags" in details.get("fields", ()):
        return vendor.TAG_ADDED if details.get("added") else vendor.TAG_REMOVED
    return vendor.EDITED


BATCH_STATE: Mapping[str, str] = {
    "batch.completed": vendor.BATCH_COMPLETED,
    "batch.failed": vendor.BATCH_FAILED,
    "batch.partial": vendor.BATCH_PARTIAL,
}


def batch_body(message: Message, app: str | None) -> dict[str, Any]:
    """A callback about a batch, of the second version of callbacks."""
    details: Mapping[str, Any] = message.data.get("details", {})
    return {
        "version": "2",
        "entityType": "batch",
        "entityId": details.get("batch"),
        "state": BATCH_STATE[message.type],
        "appId": app,
    }


def plain_body(message: Message) -> dict[str, Any]:
    """A callback about something else, such as a test that somebody sent."""
    return {"action": message.type, "state": None, **message.data}


def body_bytes(body: Mapping[str, Any]) -> bytes:
    """As it is signed and sent: keys sorted, as the vendor's example verifies it."""
    return json.dumps(body, sort_keys=True).encode()
