"""Notifications: what is posted to the `notificationUris` of a job or a task, as a webhook format.

The vendor's page shows no body; ours says whose end it is in the vendor's own ids and words.
"""

import json
from collections.abc import Mapping
from typing import Any

from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.webhooks import Format
from jobmill.core.webhooks.formats import Outgoing, Rendered
from jobmill.core.webhooks.model import Due
from jobmill.core.webhooks.standard import check_secret, new_secret
from jobmill.core.webhooks.standard import render as signed
from jobmill.dialects.aiware.mapping.jobs import SeenTask, id_of, kept_of_task, reason_of
from jobmill.dialects.aiware.mapping.states import JOB_STATUS, TASK_STATUS
from jobmill.dialects.aiware.mapping.times import text_of

NAME = "aiware"
ENDS = ("job.completed", "job.failed", "job.cancelled", "job.expired")
# What a body may hold.
FIELDS = (
    "event",
    "timestamp",
    "jobId",
    "jobStatus",
    "targetId",
    "taskId",
    "taskStatus",
    "engineId",
    "failureReason",
    "failureMessage",
)
TASK_ENDS = ("task.done", "task.failed", "task.cancelled", "task.skipped")


def gather(work: UnitOfWork, due: Due) -> Mapping[str, Any]:
    """What the message is about, as it stands when it is sent."""
    message = due.delivery.message
    graph = work.jobs.graph(message.job) if message.job is not None else None
    if graph is None:
        return {}
    body: dict[str, Any] = {
        "jobId": id_of(graph.job),
        "targetId": None if graph.job.item is None else str(graph.job.item),
        "jobStatus": JOB_STATUS[graph.job.state],
    }
    name = message.data.get("task")
    task = next((each for each in graph.tasks if each.name == name), None)
    if task is not None:
        seen = SeenTask(graph, task)
        body["taskId"] = seen.id
        body["engineId"] = kept_of_task(seen).get("engineId")
        body["taskStatus"] = TASK_STATUS[task.state]
        if task.failure is not None:
            body["failureReason"] = reason_of(task.failure)
            body["failureMessage"] = task.failure.message
    return body


def render(outgoing: Outgoing) -> Rendered:
    """The body in the vendor's words, with the headers that tell one message from another."""
    message = outgoing.message
    body = {"event": message.type, "timestamp": text_of(message.at), **outgoing.extras}
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    # Nobody was told a secret, so that a signature would say nothing.
    named = signed(outgoing).headers
    headers = {name: value for name, value in named.items() if name != "webhook-signature"}
    return Rendered(headers, text)


NOTIFICATIONS = Format(NAME, render, new_secret, check_secret, gather)
