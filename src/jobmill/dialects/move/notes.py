"""What is posted to webhooks, as a webhook format: the vendor's bodies, signed as Standard Webhooks
are, under the header names of both."""

import json
from collections.abc import Mapping
from typing import Any

from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.webhooks import Format
from jobmill.core.webhooks.formats import Outgoing, Rendered
from jobmill.core.webhooks.model import Due
from jobmill.core.webhooks.standard import headers_of, new_secret
from jobmill.dialects.move.mapping.create_job import DIALECT
from jobmill.dialects.move.mapping.ids import CLIENT, JOB, TAKE, id_of
from jobmill.dialects.move.mapping.metadata import metadata_of
from jobmill.dialects.move.mapping.secrets import check_stored
from jobmill.dialects.move.mapping.times import text_of
from jobmill.dialects.move.mapping.webhooks import body_of, event_name


def gather(work: UnitOfWork, due: Due) -> Mapping[str, Any]:
    """What the message is about, as it stands when it is sent."""
    message = due.delivery.message
    organization = work.accounts.organization(message.organization)
    endpoint = work.webhooks.endpoints.get(due.delivery.endpoint)
    about: dict[str, Any] = {
        "client": None if organization is None else id_of(CLIENT, organization.id),
        "events": [] if endpoint is None else (endpoint.extras.get(DIALECT) or {}).get("events"),
    }
    graph = work.jobs.graph(message.job) if message.job is not None else None
    if graph is None:
        return about
    job = graph.job
    about["job"] = {
        "id": id_of(JOB, job.id),
        "created": text_of(job.created_at),
        "metadata": metadata_of(job.metadata, job.extras.get(DIALECT) or {}),
    }
    item = None if job.item is None else work.items.get(job.item)
    about["take"] = None if item is None else {"id": id_of(TAKE, item.id)}
    return about


def render(outgoing: Outgoing) -> Rendered:
    """The body in the vendor's words."""
    message, about = outgoing.message, outgoing.extras
    name = event_name(about.get("events") or (), message.type)
    body = json.dumps(
        body_of(name, text_of(message.at), about), ensure_ascii=False, separators=(",", ":")
    ).encode("utf-8", "replace")
    headers = headers_of(outgoing, body)
    theirs = {
        name.replace("webhook-", "svix-"): value
        for name, value in headers.items()
        if name.startswith("webhook-")
    }
    return Rendered({**headers, **theirs}, body)


NOTIFICATIONS = Format(DIALECT, render, new_secret, check_stored, gather)
