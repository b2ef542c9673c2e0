"""Results as files: written here at once, or gathered by the server in an archive."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jobmill.cli.output import clock, emit, note, say, table
from jobmill.cli.session import FAILED, Session, job_named, usage, with_session

if TYPE_CHECKING:
    from jobmill_client import Export, Jobmill

exports = typer.Typer(no_args_is_help=True, help="Archives of results as files.")
ExportArgument = Annotated[str, typer.Argument(metavar="EXPORT", help="Id or number.")]
Jobs = Annotated[list[str], typer.Argument(metavar="JOB...", help="Id, number, or 'last'.")]
Formats = Annotated[
    list[str],
    typer.Option("--format", help="vtt, srt, ttml, txt, docx, txtAvid, vlf, csv or json."),
]
Option = Annotated[
    list[str],
    typer.Option("--option", help="NAME=VALUE, such as max_characters_per_line=40."),
]
Output = Annotated[
    Path, typer.Option("--output", help="Folder or file to write to; '-' for standard output.")
]
STDOUT = Path("-")


@with_session
def export(
    session: Session,
    jobs: Jobs,
    formats: Formats,
    output: Output = Path(),
    task: Annotated[str | None, typer.Option(help="Only of this task.")] = None,
    option: Option = [],  # noqa: B006
    zip: Annotated[bool, typer.Option("--zip", help="One archive, made by the server.")] = False,  # noqa: A002
    include_media: Annotated[
        bool, typer.Option("--include-media", help="Also what the jobs worked on; implies --zip.")
    ] = False,
) -> None:
    """Write results of jobs as captions, text or tables.

    Of one job each format is written to a file here; of several, and with --zip, an archive is.
    """
    options = dict(_option(each) for each in option)
    if len(formats) > 1 and output == STDOUT:
        usage("--output -: give one --format for standard output.")
    with session.client() as client:
        named = [job_named(client, each) for each in jobs]
        if zip or include_media or len(named) > 1:
            specs = [{"format": each, "options": options, "task": task} for each in formats]
            made = client.exports.create(named, specs, include_media=include_media)
            _deliver(session, client, client.exports.wait(made), output)
            return
        if len(formats) > 1:
            output.mkdir(parents=True, exist_ok=True)
        for each in formats:
            _write(session, client, named[0], each, output, task, options)


@exports.command("jobs")
@with_session
def export_jobs(
    session: Session,
    state: Annotated[list[str] | None, typer.Option(help="Only these; repeatable.")] = None,
    type: Annotated[list[str] | None, typer.Option("--type", help="Repeatable.")] = None,  # noqa: A002
    tag: Annotated[list[str] | None, typer.Option(help="With this tag; repeatable.")] = None,
    batch: Annotated[str | None, typer.Option(help="Of this batch.")] = None,
    correct: Annotated[bool | None, typer.Option("--correct/--incorrect")] = None,
    results: Annotated[bool, typer.Option("--results", help="Also what engines found.")] = False,
    history: Annotated[bool, typer.Option("--history", help="Also what happened.")] = False,
    output: Output = Path(),
) -> None:
    """Write all information on jobs into an archive with one JSON list."""
    wanted = {
        "state": state or [],
        "type": type or [],
        "tag": tag or [],
        "batch": batch,
        "correct": correct,
    }
    with session.client() as client:
        made = client.exports.jobs(wanted, results=results, history=history)
        _deliver(session, client, client.exports.wait(made), output)


@exports.command("list")
@with_session
def list_exports(
    session: Session,
    limit: Annotated[int, typer.Option(min=1, help="At most this many.")] = 20,
) -> None:
    """List exports, newest first."""
    with session.client() as client:
        found = list(client.exports.list(limit))
    if session.json:
        for each in found:
            emit(each.raw)
        return
    rows = [
        (each.number, each.name, each.state, len(each.files), each.size, clock(each.created_at))
        for each in found
    ]
    table(("export", "name", "state", "files", "bytes", "created"), rows)


@exports.command("show")
@with_session
def show_export(session: Session, export: ExportArgument) -> None:
    """Show an export, and a link to its archive."""
    with session.client() as client:
        found = client.exports.get(export)
    if session.json:
        emit(found.raw)
    else:
        _tell(found)


@exports.command("get")
@with_session
def get_export(session: Session, export: ExportArgument, output: Output = Path()) -> None:
    """Wait for an export and download its archive."""
    with session.client() as client:
        _deliver(session, client, client.exports.wait(export), output)


def _deliver(session: Session, client: "Jobmill", found: "Export", output: Path) -> None:
    if found.state != "complete":
        reason = found.reason.message if found.reason else f"It is {found.state}."
        if session.json:
            emit(found.raw)
        note(f"Export {found.number} failed: {reason}")
        raise typer.Exit(FAILED)
    place = client.exports.download(found, output)
    for each in found.problems:
        note(f"Warning: {each}")
    if session.json:
        emit({**found.raw, "path": str(place)})
    else:
        say(str(place))


def _write(
    session: Session,
    client: "Jobmill",
    job: str,
    format: str,  # noqa: A002
    output: Path,
    task: str | None,
    options: dict[str, Any],
) -> None:
    if output == STDOUT:
        data = client.exports.read(job, format, task=task, options=options)
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    place = client.exports.save(job, format, output, task=task, options=options)
    if session.json:
        emit({"job": job, "format": format, "path": str(place)})
    else:
        say(str(place))


def _option(text: str) -> tuple[str, Any]:
    """A word is a text, unless it reads as JSON: numbers, true and false."""
    name, equals, value = text.partition("=")
    if not name or not equals:
        usage(f"--option {text}: write NAME=VALUE.")
    try:
        found = json.loads(value)
    except ValueError:
        return name, value
    return name, value if name == "file_extension" else found


def _tell(found: "Export") -> None:
    say(f"Export {found.number} is {found.state}")
    if found.reason is not None:
        say(found.reason.message)
    for file in (*found.files, *found.media):
        say(f"  {file.name}  {file.size} bytes")
    for each in found.problems:
        say(f"  not in it: {each}")
    if found.url is not None:
        say(found.url)
