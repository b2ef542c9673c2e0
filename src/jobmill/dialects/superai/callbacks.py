"""Callbacks of jobs, on the platform's deliveries: at least once, signed, retried for days."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.webhooks import Due, Format, Outgoing, Rendered
from jobmill.core.webhooks.service import EndpointSpec
from jobmill.dialects.superai import schema as vendor
from jobmill.dialects.superai.calls import Call, call_of, route
from jobmill.dialects.superai.mapping.apps import FORMAT as NAME
from jobmill.dialects.superai.mapping.callbacks import (
    BATCH_STATE,
    EVENTS,
    batch_body,
    body_bytes,
    job_body,
    plain_body,
)
from jobmill.dialects.superai.mapping.jobs import job_object
from jobmill.dialects.superai.seeing import app_id, seen_in
from jobmill.dialects.superai.signing import (
    check_secret,
    installation_key,
    new_secret,
    public_pem,
    signature_of,
)


def gather(work: UnitOfWork, due: Due) -> Mapping[str, Any]:
    """The job object, as the job is when the callback is sent; of a batch, its app."""
    message = due.delivery.message
    if message.type in BATCH_STATE:
        name = message.data.get("details", {}).get("pipeline") or ""
        return {"appId": app_id(work, message.organization, name)}
    number = due.delivery.message.job
    graph = None if number is None else work.jobs.graph(number)
    if graph is None:
        return {}
    (seen,) = seen_in(work, [graph.job])
    return job_object(seen)


def render(outgoing: Outgoing) -> Rendered:
    """The request, signed over the bytes that are sent."""
    message = outgoing.message
    if message.type in BATCH_STATE:
        said = batch_body(message, outgoing.extras.get("appId"))
    elif message.job is not None:
        said = job_body(message, outgoing.extras)
    else:
        said = plain_body(message)
    body = body_bytes(said)
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message.id,
        vendor.SIGNATURE: signature_of(body, outgoing.secrets[0]),
    }
    return Rendered(headers, body)


def bound(secret: bytes) -> Format:
    """The format of one installation: it signs with its own key wherever none is given."""
    key = installation_key(secret)
    return Format(NAME, render, lambda: key, check_secret, gather, EVENTS)


CALLBACKS = Format(NAME, render, new_secret, check_secret, gather, EVENTS, bound)


def callback_to(call: Call, url: str | None) -> EndpointSpec | None:
    """The callback of a job, signed by the installation's key; None without an address."""
    if not url:
        return None
    return EndpointSpec(url, secret=installation_key(call.house.link_secret), format=NAME)


async def read_public_key(request: Request) -> Response:
    """`GET callbacks/public-key`: what receivers verify signatures with."""
    call = await call_of(request)
    secret = installation_key(call.house.link_secret)
    return JSONResponse(
        {
            "publicKey": public_pem(secret),
            "algorithm": "ECDSA P-256 SHA-256",
            "header": vendor.SIGNATURE,
            "encoding": "base64 of r and s, 32 bytes each",
        }
    )


CALLBACK_ROUTES = [route("/callbacks/public-key", "GET", read_public_key)]
