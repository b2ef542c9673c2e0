"""Looks at what the settings name: port, certificate, media roots, models, address.

Each look is a function of the settings in `LOOKS`; whoever adds a setting that can be wrong on a
machine adds one there.
"""

import errno
import os
import socket
import ssl
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from jobmill.cli.doctor.finding import Finding, found
from jobmill.config import SettingInvalid, Settings

PROVIDER_SECONDS = 5.0


def look_at_settings(settings: Settings) -> Iterator[Finding]:
    """Every look in turn."""
    for look in LOOKS:
        yield from look(settings)


def _port(settings: Settings) -> Iterator[Finding]:
    if (settings.data / "server.json").exists():
        return  # its server holds the port; whether it answers is looked at elsewhere
    problem = _cannot_listen(settings.host, settings.port)
    yield found(
        "port",
        problem is None,
        problem or f"{settings.port} on {settings.host} is free",
        "Choose another with --port or --host.",
        otherwise="warn",
    )


def _cannot_listen(host: str, port: int) -> str | None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind(address)
    except OSError as wrong:
        if wrong.errno == errno.EADDRINUSE:
            return f"{port} on {host} is taken by another program"
        return f"cannot listen on {host} port {port}: {wrong.strerror or wrong}"
    return None


def _media_roots(settings: Settings) -> Iterator[Finding]:
    for root in settings.roots:
        if not settings.data.exists() and root.is_relative_to(settings.data):
            yield Finding("media root", "ok", f"{root} (made by the first `jobmill serve`)")
        elif root.is_dir():
            readable = os.access(root, os.R_OK | os.X_OK)
            fix = f"Let this user read {root}."
            yield found("media root", readable, str(root), fix, otherwise="warn")
        else:
            fix = "Make the folder, or name another with --media-roots."
            yield Finding("media root", "warn", f"{root} is not there", fix)


def _models(settings: Settings) -> Iterator[Finding]:
    if settings.models is not None:
        good = settings.models.is_dir() and os.access(settings.models, os.R_OK | os.X_OK)
        fix = "Make the folder, or let this user read it."
        yield found("models", good, str(settings.models), fix)


def _certificate(settings: Settings) -> Iterator[Finding]:
    if settings.tls_cert is None or settings.tls_key is None:
        return
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
            settings.tls_cert, settings.tls_key
        )
    except OSError as wrong:
        fix = "Give a certificate chain and the key that belongs to it, both as PEM."
        yield Finding("certificate", "fail", f"{settings.tls_cert}: {wrong}", fix)
    else:
        yield Finding("certificate", "ok", str(settings.tls_cert))


def _address(settings: Settings) -> Iterator[Finding]:
    if settings.public_url:
        parts = urlsplit(settings.public_url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
        fix = "Give JOBMILL_PUBLIC_URL as users type it, such as https://jobmill.example.org."
        yield found("public address", good, settings.public_url, fix)


def _sign_in(settings: Settings) -> Iterator[Finding]:
    """The OpenID Connect provider, if one is set: does it answer, and as the one it is set as?"""
    if not settings.oidc_issuer:
        return
    import httpx2

    fix = "Give JOBMILL_OIDC_ISSUER, _CLIENT_ID and _CLIENT_SECRET as the provider shows them."
    if not settings.oidc_client_id:
        yield Finding("sign-in", "fail", "JOBMILL_OIDC_CLIENT_ID is not set", fix)
        return
    address = f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration"
    try:
        answer = httpx2.get(address, timeout=PROVIDER_SECONDS)
        said = answer.raise_for_status().json().get("issuer")
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, AttributeError) as wrong:
        yield Finding("sign-in", "warn", f"{address}: {wrong}", "Start the provider. " + fix)
        return
    same = str(said).rstrip("/") == settings.oidc_issuer.rstrip("/")
    detail = settings.oidc_issuer if same else f"{address} speaks for {said}"
    yield found("sign-in", same, detail, fix)


def _bucket(settings: Settings) -> Iterator[Finding]:
    """Where the bytes are kept, if in a bucket: is it there, and do the keys open it?"""
    if not settings.blobs:
        return
    fix = (
        "Give --blobs s3://bucket/prefix of a bucket that is there, and AWS_ACCESS_KEY_ID, "
        "AWS_SECRET_ACCESS_KEY, AWS_REGION; AWS_ENDPOINT_URL for what is not Amazon's."
    )
    from jobmill.bootstrap.blobs import check_blobs

    try:
        check_blobs(settings)
    except SettingInvalid as wrong:
        yield Finding("bucket", "fail", str(wrong), fix)
        return
    from obstore.exceptions import BaseError

    from jobmill.adapters.blobs.s3 import open_bucket

    try:
        next(iter(open_bucket(settings.blobs, os.environ).list(chunk_size=1)), None)
    except (BaseError, OSError) as wrong:
        said = str(wrong).splitlines()[0][:200]
        yield Finding("bucket", "fail", f"{settings.blobs}: {said}", fix)
    else:
        yield Finding("bucket", "ok", settings.blobs)


LOOKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    _port,
    _media_roots,
    _models,
    _certificate,
    _address,
    _sign_in,
    _bucket,
)
