"""`jobmill run`: hand a file over, say what is wanted, see it done."""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from jobmill.cli.findings import print_end, print_results
from jobmill.cli.live import follow_job
from jobmill.cli.metadata import Metadata, metadata_given
from jobmill.cli.output import emit, note, say
from jobmill.cli.session import FAILED, Session, usage, with_session
from jobmill.cli.times import time_option

if TYPE_CHECKING:
    from jobmill_client import Job, Jobmill
    from jobmill_client.models import Output

SHOWN = 20
OWN_HOSTS = ("127.0.0.1", "::1", "localhost")


@with_session
def run(
    session: Session,
    file: Annotated[
        str | None, typer.Argument(metavar="FILE", help="A file, or an http(s) address.")
    ] = None,
    feature: Annotated[
        list[str] | None, typer.Option("--feature", "-f", help="What to look for; repeatable.")
    ] = None,
    pipeline: Annotated[str | None, typer.Option(help="Run this pipeline.")] = None,
    graph: Annotated[
        Path | None, typer.Option(help="JSON file with tasks and routes.", dir_okay=False)
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option("--param", "-p", metavar="FEATURE.KEY=VALUE", help="A parameter; repeatable."),
    ] = None,
    asset: Annotated[str | None, typer.Option(help="Use an uploaded file, by its id.")] = None,
    input_json: Annotated[str | None, typer.Option(help="Give JSON instead of a file.")] = None,
    json_input: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Or the JSON in a file; - reads the standard input."),
    ] = None,
    priority: Annotated[int | None, typer.Option(min=0, max=139, help="Lower runs first.")] = None,
    retain_days: Annotated[int | None, typer.Option(help="Forget the job after that.")] = None,
    name: Annotated[str | None, typer.Option(help="What you call the job.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="A word for it; repeatable.")] = None,
    metadata: Metadata = None,
    due: Annotated[datetime | None, time_option(help="Orders work of equal priority.")] = None,
    expires: Annotated[datetime | None, time_option(help="Stop it then.")] = None,
    retain_until: Annotated[datetime | None, time_option(help="Or remove it then.")] = None,
    parked: Annotated[bool, typer.Option("--parked", help="Put it aside; see `unpark`.")] = False,
    callback: Annotated[str | None, typer.Option(help="Address to tell of its end.")] = None,
    wait: Annotated[bool, typer.Option(help="Show progress until the end.")] = True,
) -> None:
    """Run a job on a file, an address or an uploaded asset, and print what was found."""
    asked: dict[str, Any] = {
        "features": [one for each in feature or () for one in each.split(",") if one] or None,
        "pipeline": pipeline,
        "params": parameters(param or ()) or None,
        "priority": priority,
        "retain_days": retain_days,
        "name": name,
        "tags": tag,
        "metadata": metadata_given(metadata) or None,
        "due": due,
        "expires_at": expires,
        "retain_until": retain_until,
        "parked": parked or None,
        "callback": callback,
        "origin": "cli",
        **(read_graph(graph) if graph else {}),
    }
    given = _given(file, asset, input_json, json_input)
    with session.client() as client:
        if isinstance(given, str):
            job = create_on(client, given, asked)
        else:
            job = client.jobs.create(input=given, **asked)
        _finish(session, client, job, wait and not parked)


def _given(
    file: str | None, asset: str | None, text: str | None, json_file: Path | None
) -> str | dict[str, Any]:
    """The one thing to work on: a file or address, or what a request says of it."""
    if len([each for each in (file, asset, text, json_file) if each is not None]) != 1:
        usage("Give exactly one of FILE, --asset, --input-json and --json-input.")
    if file is not None:
        return file
    if asset is not None:
        return {"asset": asset}
    return {"json": _value(text or "null") if json_file is None else read_json(json_file)}


def _finish(session: Session, client: "Jobmill", job: "Job", wait: bool) -> None:
    if secret := (job.raw.get("callback") or {}).get("secret"):
        note(f"Secret of the callback, shown this once: {secret}")
    if not wait:
        if session.json:
            emit(job.raw)
        else:
            say(str(job.number))
            note(f"Job {job.number} is {job.state}; `jobmill watch {job.number}` shows it.")
        return
    note(f"Job {job.number} ({job.id})")
    ended = follow_job(client, job)
    results = client.jobs.results(ended)
    output = _output(client, ended)
    if session.json:
        shown = {} if output is None else {"output": output.raw}
        emit({"job": ended.raw, "results": [each.raw for each in results], **shown})
    elif output is not None:
        say(json.dumps(output.document, indent=2, ensure_ascii=False))
    elif results:
        print_results(results, SHOWN)
    print_end(ended)
    if ended.state != "completed":
        raise typer.Exit(FAILED)


def _output(client: "Jobmill", job: "Job") -> "Output | None":
    """What the job's program promises; None for a job without one."""
    from jobmill_client import NotFound

    if job.pipeline is None or job.state != "completed":
        return None
    try:
        return client.jobs.output(job)
    except NotFound:
        return None


def create_on(client: "Jobmill", file: str, asked: Mapping[str, Any]) -> "Job":
    """A job on a file. One under a media root of a server on this machine is read where it lies;
    any other is uploaded."""
    from jobmill_client import InvalidInput
    from jobmill_client.inputs import is_address

    path = Path(file)
    if is_address(file) or not path.is_file():
        return client.jobs.create(input=file, **asked)
    if urlsplit(client.url).hostname in OWN_HOSTS:
        try:
            return client.jobs.create(input=path.absolute(), **asked)
        except InvalidInput as refusal:
            if refusal.code not in ("path_not_allowed", "input_missing"):
                raise
    note(f"Uploading {path.name} …")
    return client.jobs.create(input=client.assets.upload(path), **asked)


def parameters(given: Sequence[str]) -> dict[str, Any]:
    """`FEATURE.key=value` as nested parameters; a value that is JSON is taken as such."""
    found: dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not (name and equals):
            usage(f"--param takes FEATURE.KEY=VALUE, not {text!r}.")
        owner, dot, key = name.partition(".")
        if dot:
            found.setdefault(owner, {})[key] = _value(value)
        else:
            found[owner] = _value(value)
    return found


def read_graph(file: Path) -> dict[str, Any]:
    """`{"tasks": […], "routes": […]}` from a JSON file; a bare list is the tasks."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        usage(f"--graph {file}: {wrong}")
    if isinstance(found, list):
        return {"tasks": found}
    if not isinstance(found, dict) or not set(found) <= {"tasks", "routes"}:
        usage(f'--graph {file}: give {{"tasks": […], "routes": […]}}.')
    return found


def read_json(file: Path) -> Any:
    """The JSON in a file; `-` is the standard input."""
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
        return json.loads(text)
    except (OSError, ValueError) as wrong:
        usage(f"{file}: {wrong}")


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
