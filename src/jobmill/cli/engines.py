"""Engines: what is installed, and the tools of those who write them."""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from jobmill.cli.output import emit, note, say
from jobmill.cli.session import FAILED, Data, Json, Key, Session, Url, guarded, usage, with_session

app = typer.Typer(help="List engines; check, begin and add your own.", invoke_without_command=True)
FolderArgument = Annotated[
    Path, typer.Argument(metavar="FOLDER", exists=True, help="The folder with engine.toml.")
]


@app.callback()
def engines(
    context: typer.Context, url: Url = None, key: Key = None, data: Data = None, json: Json = False
) -> None:
    """List the server's engines; check, begin and add your own."""
    if context.invoked_subcommand is None:
        session = Session(url, key, data, json)
        guarded(session, lambda: _list(session))


@app.command("list")
@with_session
def list_(session: Session) -> None:
    """List the server's engines."""
    _list(session)


def _list(session: Session) -> None:
    with session.client() as client:
        found = client.engines.list()
    session.rows(
        found,
        ("engine", "version", "category", "features"),
        lambda e: (e.id, e.version, e.category, ", ".join(f.name for f in e.features) or "—"),
    )


@app.command()
@with_session
def show(session: Session, engine: Annotated[str, typer.Argument(metavar="ENGINE")]) -> None:
    """Show what an engine's manifest promises."""
    with session.client() as client:
        found = client.engines.get(engine)
    session.tell(found.raw, json.dumps(found.raw, indent=2, ensure_ascii=False))


@app.command()
@with_session
def register(
    session: Session,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Where the service lies.")],
    engine: Annotated[str, typer.Argument(metavar="ENGINE", help="Its id among engines.")],
    name: Annotated[str | None, typer.Option(help="Its name for people.")] = None,
    category: Annotated[str | None, typer.Option(help="Such as transcription.")] = None,
    mode: Annotated[
        list[str] | None, typer.Option(help="whole, chunk or stream; repeatable.")
    ] = None,
    media_in: Annotated[list[str] | None, typer.Option(help="Such as 'audio/*'.")] = None,
    media_out: Annotated[list[str] | None, typer.Option(help="Such as application/json.")] = None,
    concurrency: Annotated[int | None, typer.Option(help="Requests at once.")] = None,
    timeout: Annotated[float | None, typer.Option(help="Seconds for one attempt.")] = None,
    schema: Annotated[
        Path | None, typer.Option(exists=True, help="JSON Schema of its parameters, in a file.")
    ] = None,
    ready: Annotated[str | None, typer.Option(help="Path or address instead of /ready.")] = None,
    process: Annotated[str | None, typer.Option(help="The same for /process.")] = None,
    fetches: Annotated[
        bool, typer.Option("--fetches", help="It fetches bytes itself, by cacheURI.")
    ] = False,
    replace: Annotated[bool, typer.Option(help="Put it in the place of an older one.")] = False,
) -> None:
    """Make a service that speaks the toolkit contract an engine; any job can use it at once."""
    facts = {
        "name": name,
        "category": category,
        "modes": mode or None,
        "media_in": media_in or None,
        "media_out": media_out or None,
        "concurrency": concurrency,
        "timeout": timeout,
        "parameters": None if schema is None else _schema(schema),
        "ready": ready,
        "process": process,
    }
    given = {key: value for key, value in facts.items() if value is not None}
    with session.client() as client:
        given |= {"send_bytes": not fetches, "replace": replace}
        found = client.engines.register(address, engine, **given)
    session.tell(found.raw, f"{found.id} is registered. Use it as a task: `jobmill run --graph`.")


@app.command()
@with_session
def unregister(session: Session, engine: Annotated[str, typer.Argument(metavar="ENGINE")]) -> None:
    """Forget a registered service."""
    with session.client() as client:
        client.engines.remove(engine)
    session.tell({"engine": engine}, f"{engine} is forgotten.")


def _schema(file: Path) -> object:
    try:
        found: object = json.loads(file.read_bytes())
    except ValueError as error:
        usage(f"{file} is not JSON: {error}")
    return found


@app.command()
def check(
    folder: FolderArgument,
    sample: Annotated[
        list[Path] | None, typer.Option(help="An input that must succeed; repeatable.")
    ] = None,
    feature: Annotated[list[str] | None, typer.Option("--feature", "-f")] = None,
    param: Annotated[list[str] | None, typer.Option("--param", "-p", metavar="KEY=VALUE")] = None,
    timeout: Annotated[float, typer.Option(help="Seconds for one run.")] = 60.0,
    as_json: Json = False,
) -> None:
    """Check that a server can work with an engine; needs no server."""
    from jobmill.cli.run import parameters
    from jobmill_engine.testing import Sample, exercise

    given = parameters(param or ())
    samples = None
    if sample or feature or given:
        files: list[Path | None] = [*sample] if sample else [None]
        samples = [Sample(file, tuple(feature or ()), given) for file in files]
    checks = exercise(folder, samples, timeout=timeout)
    for each in checks:
        if as_json:
            emit({"check": each.name, "ok": not each.problem, "problem": each.problem or None})
        else:
            say(f"{'FAIL' if each.problem else ' ok '}  {each.name}")
            if each.problem:
                say("      " + each.problem.replace("\n", "\n      "))
    if any(each.problem for each in checks):
        raise typer.Exit(FAILED)


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Its id: lower case letters, digits and '-'.")],
    into: Annotated[Path, typer.Option(help="The folder to put it in.")] = Path(),
    as_json: Json = False,
) -> None:
    """Write the folder of a new engine that works from the start."""
    from jobmill_engine.scaffold import write_engine

    try:
        folder = write_engine(name, into)
    except FileExistsError as there:
        usage(f"{there.filename} is there already; choose another name.")
    except ValueError as wrong:
        usage(str(wrong))
    if as_json:
        emit({"folder": str(folder.absolute())})
        return
    say(f"{folder} is ready. Next:")
    say(f"  jobmill engines check {folder}")
    say(f"  jobmill engines add {folder}")


@app.command()
def add(
    folder: FolderArgument,
    data: Data = None,
    link: Annotated[bool, typer.Option(help="Link to the folder instead of copying it.")] = False,
    replace: Annotated[bool, typer.Option(help="Put it in the place of an older one.")] = False,
    as_json: Json = False,
) -> None:
    """Put an engine into the data folder; jobs can use it at once."""
    from jobmill.cli.settings import settings_with
    from jobmill_engine.manifest import ManifestInvalid, load_manifest

    try:
        manifest = load_manifest(folder)
    except ManifestInvalid as wrong:
        usage(str(wrong))
    home = settings_with(data=data).data / "engines"
    target = home / manifest.id
    if target.exists() or target.is_symlink():
        if not replace:
            usage(f"{target} is there already; --replace puts this one in its place.")
        _remove(target)
    home.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    home.mkdir(exist_ok=True)
    if link:
        target.symlink_to(folder.absolute(), target_is_directory=True)
    else:
        _copy(folder, target)
    if as_json:
        emit({"engine": manifest.id, "version": manifest.version, "folder": str(target)})
        return
    say(f"{manifest.id} {manifest.version} is in {target}.")
    offered = ", ".join(each.name for each in manifest.features)
    note(f"It offers {offered}." if offered else "Use it as a task: see `jobmill run --graph`.")


def _copy(folder: Path, target: Path) -> None:
    """Copy it so that a running server sees all of it or nothing."""
    with tempfile.TemporaryDirectory(dir=target.parent.parent) as place:
        copy = Path(place, "engine")
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("__pycache__", ".git"))
        copy.rename(target)


def _remove(target: Path) -> None:
    if target.is_symlink():
        target.unlink()
    else:
        shutil.rmtree(target)
