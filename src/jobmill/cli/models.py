"""Models of the bundled engines: what there is, what is installed, where; needs no server."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from jobmill.cli.output import emit, note, say, table
from jobmill.cli.session import FAILED, Data, Json, usage

if TYPE_CHECKING:
    from jobmill.adapters.models import ModelEntry, ModelFolder

app = typer.Typer(help="List, install and remove models of engines.", invoke_without_command=True)
To = Annotated[
    Path | None,
    typer.Option("--to", metavar="DIR", help="Folder of models; otherwise JOBMILL_MODELS."),
]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="As `jobmill models` lists it.")]


@app.callback()
def models(context: typer.Context, to: To = None, data: Data = None, as_json: Json = False) -> None:
    """List the models that can be installed, and those in the folder."""
    if context.invoked_subcommand is None:
        _list(_folder(to, data), as_json=as_json)


@app.command("list")
def list_(to: To = None, data: Data = None, as_json: Json = False) -> None:
    """List the models that can be installed, and those in the folder."""
    _list(_folder(to, data), as_json=as_json)


@app.command()
def install(name: NameArgument, to: To = None, data: Data = None, as_json: Json = False) -> None:
    """Download a model and the libraries for it, check them, put them into the folder."""
    from jobmill.adapters.models import DownloadFailed, FolderBusy, MemberMissing
    from jobmill.adapters.models import install as put

    folder = _folder(to, data)
    entry = _entry(name)
    try:
        new = put(entry, folder, note, show=sys.stderr.isatty() and not as_json)
    except (DownloadFailed, FolderBusy, MemberMissing) as refusal:
        _fail(str(refusal))
    except OSError as wrong:
        _fail(f"{wrong.filename or folder.path} cannot be written: {wrong.strerror}.")
    if as_json:
        emit({**_facts(entry, folder), "changed": new})
        return
    say(f"{name} is {'installed' if new else 'there already'}: {folder.place(name)}")
    wanted_by = ", ".join(entry.engines) or entry.purpose
    note(f"For: {wanted_by}. A running server uses it from its next job on.")


@app.command()
def remove(name: NameArgument, to: To = None, data: Data = None, as_json: Json = False) -> None:
    """Remove an installed model, and its libraries when no other model needs them."""
    from jobmill.adapters.models import FolderBusy, NotInstalled, OwnFolder, load_catalogue
    from jobmill.adapters.models import remove as take

    folder = _folder(to, data)
    entry = _entry(name)
    try:
        take(entry, folder, load_catalogue().values())
    except (FolderBusy, NotInstalled, OwnFolder) as refusal:
        _fail(str(refusal))
    except OSError as wrong:
        _fail(f"{wrong.filename or folder.path} cannot be removed: {wrong.strerror}.")
    if as_json:
        emit(_facts(entry, folder))
    else:
        say(f"{name} is removed from {folder.path}.")


def _list(folder: "ModelFolder", *, as_json: bool) -> None:
    from jobmill.adapters.models import load_catalogue

    catalogue = load_catalogue()
    rows = [_facts(entry, folder) for entry in catalogue.values()]
    rows += [_own_facts(name, folder) for name in folder.own() if name not in catalogue]
    if as_json:
        for row in rows:
            emit(row)
        return
    columns = ("name", "for", "licence", "size", "is", "where")
    table(columns, [_row(row) for row in rows])
    note(f"Folder: {folder.path}. Install one: jobmill models install NAME")


def _row(facts: dict[str, Any]) -> tuple[object, ...]:
    size = f"{facts['size_mb']} MB" if facts["size_mb"] else "—"
    shown = ("name", "purpose", "license")
    return (*(facts[name] or "—" for name in shown), size, facts["state"], facts["path"] or "—")


def _facts(entry: "ModelEntry", folder: "ModelFolder") -> dict[str, Any]:
    state = folder.state(entry)
    there = state != "absent" and entry.packages
    return {
        "name": entry.name,
        "purpose": entry.purpose,
        "engines": list(entry.engines),
        "license": entry.license,
        "size_mb": entry.size_mb,
        "libraries": entry.extra.name if entry.extra else None,
        "libraries_mb": entry.extra.size_mb if entry.extra else None,
        "state": state.value,
        "path": str(folder.place(entry.name)) if there else None,
    }


def _own_facts(name: str, folder: "ModelFolder") -> dict[str, Any]:
    empty = ("purpose", "license", "size_mb", "libraries", "libraries_mb")
    return {
        "name": name,
        **dict.fromkeys(empty),
        "engines": [],
        "state": "own",
        "path": str(folder.place(name)),
    }


def _folder(to: Path | None, data: Path | None) -> "ModelFolder":
    from jobmill.adapters.models import ModelFolder
    from jobmill.cli.settings import settings_with

    return ModelFolder(to or settings_with(data=data).models_folder)


def _entry(name: str) -> "ModelEntry":
    from jobmill.adapters.models import UnknownModel, find_entry

    try:
        return find_entry(name)
    except UnknownModel as wrong:
        usage(str(wrong))


def _fail(message: str) -> NoReturn:
    note(f"Error: {message}")
    raise typer.Exit(FAILED)
