"""The commands. Heavy modules are imported inside them, so that help is quick."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from jobmill.config import settings_from

GRACE_SECONDS = 3
app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def root() -> None:
    """A self-hosted job server for AI over media and documents."""


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    data: Annotated[Path | None, typer.Option(help="Data folder.")] = None,
    worker: Annotated[bool, typer.Option(help="Also run engines in this server.")] = True,
) -> None:
    """Start the API and a worker on one data folder."""
    import uvicorn

    from jobmill.adapters.locks import FolderInUse, FolderUnfit
    from jobmill.bootstrap import create_app, hold_folder

    settings = settings_from()
    settings = replace(
        settings,
        host=host or settings.host,
        port=settings.port if port is None else port,
        data=(data or settings.data).absolute(),
        worker=worker,
    )
    try:
        with hold_folder(settings):
            pass  # the app holds it; this only says no in a sentence
    except (FolderInUse, FolderUnfit) as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(2) from None
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_level="info",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


@app.command("worker")
def worker_(
    data: Annotated[Path | None, typer.Option(help="Data folder.")] = None,
    slots: Annotated[int | None, typer.Option(help="How many attempts at once.")] = None,
) -> None:
    """Run engines for the server of a data folder, in a process of their own."""
    import asyncio

    from jobmill.bootstrap import work_until_stopped

    settings = settings_from()
    settings = replace(
        settings, data=(data or settings.data).absolute(), slots=slots or settings.slots
    )
    asyncio.run(work_until_stopped(settings))


def main() -> None:
    """The entry point of the `jobmill` command."""
    app()
