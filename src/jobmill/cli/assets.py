"""Assets: bytes up to the server and down again."""

from pathlib import Path
from typing import Annotated

import typer

from jobmill.cli.output import console, emit, facts, note
from jobmill.cli.session import Session, usage, with_session

app = typer.Typer(no_args_is_help=True, help="Upload and download files.")
AssetArgument = Annotated[str, typer.Argument(metavar="ASSET", help="Its id, or its place.")]


@app.command()
@with_session
def upload(
    session: Session,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    name: Annotated[str | None, typer.Option(help="Call it this.")] = None,
    media_type: Annotated[str | None, typer.Option(help="Its media type.")] = None,
) -> None:
    """Send a file to the server; prints the asset's id."""
    from rich.progress import Progress

    with session.client() as client, Progress(console=console(messages=True)) as bars:
        bar = bars.add_task(file.name, total=file.stat().st_size, visible=bars.console.is_terminal)
        asset = client.assets.upload(
            file, name=name, media_type=media_type, report=lambda n: bars.update(bar, completed=n)
        )
    session.tell(asset.raw, asset.id)


@app.command()
@with_session
def download(
    session: Session,
    asset: AssetArgument,
    to: Annotated[Path, typer.Argument(help="File or folder to write to.")] = Path(),
) -> None:
    """Fetch an asset's bytes into a file."""
    if not (to.is_dir() or to.parent.is_dir()):
        usage(f"There is no folder {to.parent}.")
    with session.client() as client:
        written = client.assets.download(asset, to)
    session.tell(
        {"asset": asset, "file": str(written.absolute()), "size": written.stat().st_size},
        str(written),
    )


@app.command()
@with_session
def show(session: Session, asset: AssetArgument) -> None:
    """Show what is known of an asset."""
    with session.client() as client:
        found = client.assets.get(asset)
    if session.json:
        emit(found.raw)
    else:
        facts({name: getattr(found, name) for name in ("id", "name", "state", "media_type")})
        facts({"size": found.size, "sha256": found.sha256})


@app.command()
@with_session
def delete(session: Session, asset: AssetArgument) -> None:
    """Remove an asset."""
    with session.client() as client:
        client.assets.delete(asset)
    session.show({"id": asset, "deleted": True}, lambda: note("Deleted."))
