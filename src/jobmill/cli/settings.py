"""Flags as settings: a flag is the environment variable of the same name, and wins over it."""

import os
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from jobmill.cli.session import usage
from jobmill.config import SettingInvalid, Settings, settings_from

PANEL = "Settings (each also as JOBMILL_… in the environment)"


class LogFormat(StrEnum):
    """How a log line looks."""

    CONSOLE = "console"
    JSON = "json"


class LogLevel(StrEnum):
    """What is worth a line."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def _flag(words: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(help=words, rich_help_panel=PANEL)
    return option


DataFlag = Annotated[Path | None, _flag("Data folder: database, files, admin key.")]
Host = Annotated[str | None, _flag("Address to listen on.")]
Port = Annotated[int | None, _flag("Port to listen on; 0 takes any free one.")]
Database = Annotated[str | None, _flag("Where to keep rows instead of the data folder.")]
Blobs = Annotated[str | None, _flag("Where to keep bytes instead of the data folder.")]
MediaRoots = Annotated[str | None, _flag("Folders that jobs may read, separated by colons.")]
FetchAllow = Annotated[str | None, _flag("Networks that URL inputs may reach (CIDRs, commas).")]
EngineAllow = Annotated[
    str | None, _flag("Where services may be that are engines (CIDRs, hosts, commas).")
]
EngineFolders = Annotated[str | None, _flag("Folders of engines, separated by colons.")]
GentooAllow = Annotated[str | None, _flag("Networks whose gentoo calls need no key (CIDRs).")]
CorsOrigins = Annotated[str | None, _flag("Origins of pages that may call, by commas.")]
Models = Annotated[Path | None, _flag("Folder of model files.")]
PublicUrl = Annotated[str | None, _flag("Address under which users find this server.")]
DialectHosts = Annotated[
    str | None, _flag("Host names of dialects, such as superai=api.example.org (commas).")
]
Slots = Annotated[int | None, _flag("Attempts at once; one per processor by default.")]
Pools = Annotated[str | None, _flag("Pools that the worker serves, by commas; all by default.")]
TlsCert = Annotated[Path | None, _flag("Certificate chain (PEM), for https.")]
TlsKey = Annotated[Path | None, _flag("Private key (PEM) of the certificate.")]
LogFormatFlag = Annotated[LogFormat, typer.Option("--log-format", help="How log lines look.")]
LogLevelFlag = Annotated[LogLevel, typer.Option("--log-level", help="What is logged.")]
OidcIssuer = Annotated[str | None, _flag("Identity provider that may say who users are.")]
OidcClientId = Annotated[str | None, _flag("Our name at the identity provider.")]
OidcClientSecret = Annotated[str | None, _flag("Our secret there; better by the environment.")]
BlobCache = Annotated[int | None, _flag("Bytes of files kept here when blobs are in S3.")]
MaxUpload = Annotated[int | None, _flag("Largest upload, in bytes.")]


def settings_with(**flags: object) -> Settings:
    """The environment's settings with these over them (None: not given). Leaves on a wrong one."""
    environment = dict(os.environ)
    for name, value in flags.items():
        if value is not None:
            environment[f"JOBMILL_{name.upper()}"] = str(value)
    try:
        settings = settings_from(environment)
    except SettingInvalid as wrong:
        usage(str(wrong))
    return replace(settings, data=settings.data.absolute())
