"""More of `jobmill assets`: by path and version, links, purge, uploads that go on."""

from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jobmill.cli.assets import AssetArgument, app
from jobmill.cli.output import clock, console
from jobmill.cli.session import Session, with_session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobmill_client import Asset, Jobmill

__all__ = ["app"]
PathOption = Annotated[str | None, typer.Option("--path", help="Its place: data://folder/name.")]
VersionOption = Annotated[int | None, typer.Option("--version", help="A version; 1 is the first.")]
ROW = ("asset", "version", "state", "size", "name", "path", "created")


@app.command("list")
@with_session
def list_(
    session: Session,
    folder: Annotated[str | None, typer.Option(help="Only below data://folder.")] = None,
    state: Annotated[str | None, typer.Option(help="awaiting, ready or purged.")] = None,
    limit: Annotated[int, typer.Option(help="So many at most.")] = 50,
) -> None:
    """List assets, newest first."""
    with session.client() as client:
        _rows(session, list(client.assets.list(folder=folder, state=state, limit=limit)))


@app.command()
@with_session
def versions(session: Session, asset: AssetArgument) -> None:
    """List every version of an asset."""
    with session.client() as client:
        _rows(session, list(client.assets.versions(_id_of(client, asset))))


@app.command()
@with_session
def put(
    session: Session,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    path: PathOption = None,
    asset: Annotated[str | None, typer.Option(help="Make a version of this asset.")] = None,
    name: Annotated[str | None, typer.Option(help="Call it this.")] = None,
) -> None:
    """Send a file in pieces that go on after a cut; prints the asset's id."""
    with session.client() as client, _progress(file) as report:
        sent = client.assets.send(file, path=path, asset=asset, name=name, report=report)
    session.tell(sent.raw, sent.id)


@app.command()
@with_session
def get(
    session: Session,
    asset: Annotated[str, typer.Argument(metavar="ASSET", help="Id, or data://folder/name.")],
    to: Annotated[Path, typer.Argument(help="File or folder to write to.")] = Path(),
    version: VersionOption = None,
) -> None:
    """Fetch an asset by its id or its path, at the present or an older version."""
    with session.client() as client:
        written = client.assets.download(asset, to, version=version)
    session.tell(
        {"asset": asset, "file": str(written.absolute()), "size": written.stat().st_size},
        str(written),
    )


@app.command()
@with_session
def link(
    session: Session,
    asset: AssetArgument,
    put: Annotated[bool, typer.Option("--put", help="To write the next version.")] = False,
    version: VersionOption = None,
    expires_in: Annotated[int, typer.Option(help="Seconds that it is good for.")] = 3600,
) -> None:
    """Make an address that needs no key, to read the asset or to write it."""
    with session.client() as client:
        made = client.assets.link(
            _id_of(client, asset),
            method="PUT" if put else "GET",
            version=version,
            expires_in=expires_in,
        )
    session.tell(made.raw, made.url)


@app.command()
@with_session
def announce(
    session: Session,
    name: Annotated[str, typer.Argument(help="What the file will be called.")],
    path: PathOption = None,
    size: Annotated[int | None, typer.Option(help="So many bytes, no others.")] = None,
    expires_in: Annotated[int, typer.Option(help="Seconds that the link is good for.")] = 3600,
) -> None:
    """Make an asset before its bytes; prints its id and the address to PUT them to."""
    with session.client() as client:
        asset, upload = client.assets.announce(name, size=size, path=path, expires_in=expires_in)
    session.tell({"asset": asset.raw, "upload": upload.raw}, asset.id, upload.url)


@app.command()
@with_session
def purge(session: Session, asset: AssetArgument, version: VersionOption = None) -> None:
    """Remove the bytes, of all versions or of one, and keep what is known of them."""
    with session.client() as client:
        found = client.assets.purge(_id_of(client, asset), version=version)
    session.tell(found.raw, f"{found.id} version {found.version} is {found.state}.")


def _id_of(client: "Jobmill", asset: str) -> str:
    """The id of an asset that is named by its place, `data://folder/name`."""
    if not asset.startswith("data://"):
        return asset
    found = next(iter(client.assets.list(path=asset)), None)
    return asset if found is None else found.id


def _rows(session: Session, assets: "list[Asset]") -> None:
    session.rows(
        assets,
        ROW,
        lambda a: (a.id, a.version, a.state, a.size, a.name, a.path, clock(a.created_at)),
    )


@contextmanager
def _progress(file: Path) -> "Iterator[Callable[[int], None]]":
    from rich.progress import Progress

    with Progress(console=console(messages=True)) as bars:
        bar = bars.add_task(file.name, total=file.stat().st_size, visible=bars.console.is_terminal)
        yield lambda n: bars.update(bar, completed=n)
