"""The commands. Heavy modules are imported inside them, so that help is quick."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from jobmill.config import settings_from

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

    from jobmill.bootstrap import JobmillServer, create_app

    settings = settings_from()
    settings = replace(
        settings,
        host=host or settings.host,
        port=settings.port if port is None else port,
        data=(data or settings.data).absolute(),
        worker=worker,
    )
    app = create_app(settings)
    config = uvicorn.Config(app, host=settings.host, port=settings.port, log_level="info")
    JobmillServer(app, config).run()


def main() -> None:
    """The entry point of the `jobmill` command."""
    app()
