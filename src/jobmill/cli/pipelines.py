"""Pipelines: list, show, create, delete."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from jobmill.cli.output import clock
from jobmill.cli.run import parameters, read_graph, read_json
from jobmill.cli.session import Session, with_session

app = typer.Typer(no_args_is_help=True, help="Named templates of jobs.")
NameArgument = Annotated[str, typer.Argument(metavar="NAME")]


@app.command("list")
@with_session
def list_(session: Session) -> None:
    """List pipelines."""
    with session.client() as client:
        found = client.pipelines.list()
    session.rows(
        found,
        ("name", "version", "description", "edited"),
        lambda p: (p.name, p.version, p.description, clock(p.updated_at)),
    )


@app.command()
@with_session
def show(session: Session, name: NameArgument) -> None:
    """Show a pipeline's definition."""
    with session.client() as client:
        found = client.pipelines.get(name)
    session.tell(found.raw, json.dumps(found.raw, indent=2, ensure_ascii=False))


@app.command()
@with_session
def create(
    session: Session,
    name: NameArgument,
    feature: Annotated[
        list[str] | None, typer.Option("--feature", "-f", help="What to look for; repeatable.")
    ] = None,
    param: Annotated[
        list[str] | None, typer.Option("--param", "-p", metavar="FEATURE.KEY=VALUE")
    ] = None,
    graph: Annotated[Path | None, typer.Option(help="JSON file with tasks and routes.")] = None,
    program: Annotated[
        Path | None, typer.Option(help="JSON file with its program: typed input and output.")
    ] = None,
    description: Annotated[str | None, typer.Option()] = None,
    replace: Annotated[bool, typer.Option(help="Write a new version of an existing one.")] = False,
) -> None:
    """Create a pipeline of features, or of a graph."""
    asked: dict[str, Any] = {
        "features": feature or None,
        "params": parameters(param or ()) or None,
        "description": description,
        "program": read_json(program) if program else None,
        **(read_graph(graph) if graph else {}),
    }
    with session.client() as client:
        save = client.pipelines.replace if replace else client.pipelines.create
        saved = save(name, **asked)
    session.tell(saved.raw, f"{saved.name} version {saved.version}")


@app.command()
@with_session
def delete(session: Session, name: NameArgument) -> None:
    """Delete a pipeline; its jobs stay."""
    with session.client() as client:
        client.pipelines.delete(name)
    session.tell({"name": name, "deleted": True}, f"{name} is deleted.")
