"""The command: media, server, jobs, the comparison, and how to go on from there."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jobmill.cli.output import emit, note, say, table
from jobmill.cli.session import FAILED, Session, guarded
from jobmill.config import DEFAULT_PORT

if TYPE_CHECKING:
    from jobmill.cli.demo.compare import Row
    from jobmill.cli.demo.server import Place
    from jobmill.samples import Sample

FOLDER = Path(".demo")


def demo(
    port: Annotated[int, typer.Option(help="Port of the server; the next free if taken.")] = (
        DEFAULT_PORT
    ),
    leave: Annotated[
        bool, typer.Option("--exit", help="Stop the server; end with 0 or 1 by what was found.")
    ] = False,
    stop: Annotated[bool, typer.Option("--stop", help="Only stop the demo's server.")] = False,
    folder: Annotated[Path, typer.Option(help="Where to put media and data.")] = FOLDER,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, one value a line.")] = False,
) -> None:
    """Make sample media, check it with real jobs, and show what was found."""
    from jobmill.cli.demo.server import Place
    from jobmill.cli.demo.server import stop as stop_server

    place = Place(folder.absolute())
    if stop:
        say("Stopped." if stop_server(place) else "No server of the demo is running.")
        return
    session = Session(None, None, place.data, as_json)
    right = False

    def play() -> None:
        nonlocal right
        right = _play(place, port, as_json=as_json)

    try:
        guarded(session, play)
        if not leave and not as_json:
            _outlook(place)
    finally:
        if leave:
            stop_server(place)
    if not right:
        raise typer.Exit(FAILED)


def _play(place: "Place", port: int, *, as_json: bool) -> bool:
    """Run everything; whether all that was put in was found, and nothing else."""
    from jobmill.cli.demo.play import DemoFailed, as_gentoo, native
    from jobmill.cli.demo.server import ServerNotStarted
    from jobmill_client import Jobmill

    try:
        programme, surround = _prepared(place, port)
        running = place.running()
        if running is None:
            raise ServerNotStarted("The server ended.")
        note(f"The server runs at {running[0]} (process {running[1]}).")
        with Jobmill(running[0], data=place.data) as client:
            right = _told(as_gentoo(client, programme) or [], "programme.mp4, gentoo", as_json)
            for sample in (programme, surround):
                rows, loudness = native(client, sample)
                right = _told(rows, sample.path.name, as_json) and right
                if not as_json:
                    say(f"LOUDNESS of {sample.path.name}: {loudness}\n")
    except (DemoFailed, ServerNotStarted) as failure:
        note(f"Error: {failure}")
        return False
    if not as_json:
        say("All that was put in was found." if right else "Some rows differ from what was put in.")
    return right


def _prepared(place: "Place", port: int) -> "list[Sample]":
    """The sample media, made while the server starts; it is ready when they are."""
    from jobmill.cli.demo.server import start, wait_ready

    process = None if place.running() else start(place, port)
    try:
        note("Making about a minute of sample media …")
        from jobmill.samples import demo_media

        samples = demo_media(place.media)
        if process is not None:
            wait_ready(place, process)
    except BaseException:
        if process is not None:
            process.kill()
        raise
    return samples


def _told(rows: Sequence["Row"], title: str, as_json: bool) -> bool:
    if as_json:
        for row in rows:
            emit({"file": title, **_plain(row)})
    elif rows:
        say(f"\n{title}: put in, and found")
        table(
            ("feature", "put in", "found", "off by", "verdict"),
            [_cells(row) for row in rows],
        )
    return all(row.verdict == "ok" for row in rows)


def _cells(row: "Row") -> tuple[object, ...]:
    nothing = "nothing"
    return (row.feature, row.put_in or nothing, row.found or nothing, row.off_by, row.verdict)


def _plain(row: "Row") -> dict[str, object]:
    def extent(name: str) -> dict[str, object] | None:
        given = getattr(row, name)
        if given is None:
            return None
        return {"start_ms": given.start, "end_ms": given.end, "label": given.label}

    return {
        "feature": row.feature,
        "put_in": extent("put_in"),
        "found": extent("found"),
        "verdict": row.verdict,
    }


def _outlook(place: "Place") -> None:
    """Where the server is, a call that works as printed, and how to stop it."""
    running = place.running()
    if running is None:
        return
    url, pid = running
    key = place.data / "admin-key"
    command = sys.argv[0] if Path(sys.argv[0]).name == "jobmill" else "jobmill"
    at = "" if place.folder == FOLDER.absolute() else f" --folder {place.folder}"
    say(f"\nThe server stays up at {url}")
    say(f"  admin key   {key}")
    seed = json.dumps({"inputUri": "/programme.mp4", "features": ["AUDIO_FORMAT"]})
    say(f"  try         curl -d '{seed}' {url}/api/ai/jobs")
    say(f'              curl -H "Authorization: Bearer $(cat {key})" {url}/api/v1/jobs')
    say(f"              {command} run FILE --feature AUDIO_FORMAT --data {place.data}")
    say(f"  log         {place.log}")
    say(f"  stop        kill {pid}   (or: {command} demo --stop{at})")
