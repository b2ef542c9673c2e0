"""`jobmill serve`: the API and a worker on one data folder, until it is told to stop."""

import json
import os
import signal
import socket
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jobmill.cli import settings as flags
from jobmill.cli.folder import prepared_folder
from jobmill.cli.output import emit, note, say
from jobmill.cli.session import FAILED, usage
from jobmill.cli.settings import LogFormat, LogLevel
from jobmill.cli.starting import begin_start, end_start

if TYPE_CHECKING:
    from jobmill.adapters.locks import DataFolder
    from jobmill.config import Settings

GRACE_SECONDS = 5
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104  read, not bound


def serve(
    host: flags.Host = None,
    port: flags.Port = None,
    data: flags.DataFlag = None,
    database: flags.Database = None,
    blobs: flags.Blobs = None,
    media_roots: flags.MediaRoots = None,
    fetch_allow: flags.FetchAllow = None,
    engines: flags.EngineFolders = None,
    engine_allow: flags.EngineAllow = None,
    gentoo_allow: flags.GentooAllow = None,
    cors_origins: flags.CorsOrigins = None,
    models: flags.Models = None,
    public_url: flags.PublicUrl = None,
    dialect_hosts: flags.DialectHosts = None,
    slots: flags.Slots = None,
    pools: flags.Pools = None,
    max_upload: flags.MaxUpload = None,
    blob_cache: flags.BlobCache = None,
    tls_cert: flags.TlsCert = None,
    tls_key: flags.TlsKey = None,
    oidc_issuer: flags.OidcIssuer = None,
    oidc_client_id: flags.OidcClientId = None,
    oidc_client_secret: flags.OidcClientSecret = None,
    worker: Annotated[bool, typer.Option(help="Also run engines in this server.")] = True,
    log_format: flags.LogFormatFlag = LogFormat.CONSOLE,
    log_level: flags.LogLevelFlag = LogLevel.INFO,
) -> None:
    """Start the server: the API and a worker on one data folder."""
    settings = flags.settings_with(
        host=host,
        port=port,
        data=data,
        database=database,
        blobs=blobs,
        media_roots=media_roots,
        fetch_allow=fetch_allow,
        engines=engines,
        engine_allow=engine_allow,
        gentoo_allow=gentoo_allow,
        cors_origins=cors_origins,
        models=models,
        public_url=public_url,
        dialect_hosts=dialect_hosts,
        slots=slots,
        pools=pools,
        max_upload=max_upload,
        blob_cache=blob_cache,
        tls_cert=tls_cert,
        tls_key=tls_key,
        oidc_issuer=oidc_issuer,
        oidc_client_id=oidc_client_id,
        oidc_client_secret=oidc_client_secret,
    )
    _check_certificate(settings)
    begin_start()
    _run(replace(settings, worker=worker), log_format, log_level)


def _check_certificate(settings: "Settings") -> None:
    files = (settings.tls_cert, settings.tls_key)
    if (files[0] is None) != (files[1] is None):
        usage("Give both --tls-cert and --tls-key, or neither.")
    for file in files:
        if file is not None and not file.is_file():
            usage(f"There is no file {file}.")


def _run(settings: "Settings", log_format: LogFormat, log_level: LogLevel) -> None:
    with prepared_folder(settings) as folder, folder.held():
        _serve_from(folder, settings, log_format, log_level)


def _serve_from(
    folder: "DataFolder", settings: "Settings", log_format: LogFormat, log_level: LogLevel
) -> None:
    from jobmill.cli.logs import say_goodbye, set_up_logs
    from jobmill.cli.server import AnnouncedServer

    listener = listen(settings.host, settings.port)
    settings = replace(settings, port=listener.getsockname()[1])
    set_up_logs(log_format, log_level)
    address_file = settings.data / "server.json"

    def ready() -> None:
        end_start()
        url = reachable_url(settings)
        address_file.write_text(json.dumps({"url": url, "pid": os.getpid()}) + "\n", "utf-8")
        announce(settings, url, folder.admin_key, as_json=log_format is LogFormat.JSON)

    server = AnnouncedServer(settings, GRACE_SECONDS, ready)

    def leave(number: int, _: object) -> None:
        # uvicorn sends the signal again once it has stopped; a graceful stop is no failure.
        if not (server.started or server.should_exit):
            raise SystemExit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    try:
        server.run(sockets=[listener])
    finally:
        address_file.unlink(missing_ok=True)
    if not server.started:
        raise typer.Exit(FAILED)
    say_goodbye(log_format)


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to the address. Leaves when the port is taken."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as wrong:
        note(f"Error: cannot listen on {host} port {port}: {wrong.strerror or wrong}.")
        note("Choose another with --port (0 takes any free one) or --host.")
        raise typer.Exit(FAILED) from None
    return listener


def reachable_url(settings: "Settings") -> str:
    """The address as programs on this machine use it."""
    if settings.host in EVERYWHERE and not settings.public_url:
        return settings.url.replace(settings.host, EVERYWHERE[settings.host].strip("[]"), 1)
    return settings.url


def announce(settings: "Settings", url: str, key: Path, *, as_json: bool) -> None:
    """Say on stdout that the server is ready, where it is, and where the key lies."""
    if as_json:
        emit({"event": "ready", "url": url, "data": str(settings.data), "key": str(key)})
        return
    say(f"Jobmill is ready at {url}")
    say(f"  data folder  {settings.data}")
    say(f"  admin key    {key}")
    for root in settings.roots:
        say(f"  media root   {root}")
    if not settings.worker:
        say(f"  no worker    start one: jobmill worker --data {settings.data}")
    say("Ctrl-C stops it.")
