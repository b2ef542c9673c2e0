"""Watches: folders whose new and changed files start jobs."""

from typing import Annotated

import typer

from jobmill.cli.output import clock, facts, note
from jobmill.cli.run import parameters
from jobmill.cli.session import Session, with_session

app = typer.Typer(no_args_is_help=True, help="Folders whose files start jobs.")
WatchArgument = Annotated[str, typer.Argument(metavar="WATCH", help="The watch's id.")]


@app.command()
@with_session
def create(
    session: Session,
    path: Annotated[str, typer.Argument(metavar="FOLDER", help="Under a media root.")],
    pipeline: Annotated[str | None, typer.Option(help="The pipeline to start.")] = None,
    feature: Annotated[
        list[str] | None, typer.Option("--feature", "-f", help="What to look for; repeatable.")
    ] = None,
    param: Annotated[
        list[str] | None, typer.Option("--param", "-p", metavar="FEATURE.KEY=VALUE")
    ] = None,
    pattern: Annotated[str, typer.Option(help="Which names, such as '*.mp4'.")] = "*",
    settle: Annotated[float, typer.Option(help="Seconds without a change.")] = 5.0,
    recursive: Annotated[bool, typer.Option(help="Also folders inside.")] = True,
    existing: Annotated[bool, typer.Option(help="Also files that lie there already.")] = False,
) -> None:
    """Start a job for every new or changed file of a folder; prints the watch's id."""
    with session.client() as client:
        made = client.watches.create(
            path,
            pipeline=pipeline,
            features=feature,
            params=parameters(param or ()),
            pattern=pattern,
            settle_seconds=settle,
            recursive=recursive,
            existing=existing,
        )
    session.tell(made.raw, made.id)


@app.command("list")
@with_session
def list_(session: Session) -> None:
    """List watches."""
    with session.client() as client:
        found = client.watches.list()
    session.rows(
        found,
        ("watch", "folder", "pattern", "starts", "state"),
        lambda w: (
            w.id,
            w.path,
            w.pattern,
            w.pipeline or ", ".join(w.features),
            _state(w.paused, w.error),
        ),
    )


@app.command()
@with_session
def show(session: Session, watch: WatchArgument) -> None:
    """Show a watch, and why it cannot go on, if it cannot."""
    with session.client() as client:
        found = client.watches.get(watch)
    session.show(
        found.raw,
        lambda: facts({name: value for name, value in found.raw.items() if value is not False}),
    )


@app.command()
@with_session
def files(
    session: Session,
    watch: WatchArgument,
    limit: Annotated[int, typer.Option(help="So many at most.")] = 50,
) -> None:
    """List the files that a watch took, the latest first, with their jobs."""
    with session.client() as client:
        found = list(client.watches.files(watch, limit=limit))
    session.rows(
        found,
        ("file", "size", "job", "taken"),
        lambda f: (f.path, f.size, f.job, clock(f.taken_at)),
    )


@app.command()
@with_session
def pause(session: Session, watch: WatchArgument) -> None:
    """Start nothing until it is resumed."""
    with session.client() as client:
        found = client.watches.pause(watch)
    session.show(found.raw, lambda: note("Paused."))


@app.command()
@with_session
def resume(session: Session, watch: WatchArgument) -> None:
    """Go on, with what came or changed meanwhile."""
    with session.client() as client:
        found = client.watches.resume(watch)
    session.show(found.raw, lambda: note("Goes on."))


@app.command()
@with_session
def delete(session: Session, watch: WatchArgument) -> None:
    """End a watch; its jobs stay."""
    with session.client() as client:
        client.watches.delete(watch)
    session.show({"id": watch, "deleted": True}, lambda: note("Deleted."))


def _state(paused: bool, error: str | None) -> str:
    return "paused" if paused else error or "watching"
