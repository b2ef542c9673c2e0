"""The command: looks at everything, prints it, ends with 1 if something does not work."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import typer

from jobmill.cli.doctor.finding import Finding, found
from jobmill.cli.output import emit, say, table
from jobmill.cli.session import FAILED, Session, with_session

MOST_SKEW_SECONDS = 3


@with_session
def doctor(session: Session) -> None:
    """Check this machine: data folder, database, settings, decoders, engines, server."""
    from jobmill.cli.settings import settings_with

    settings = settings_with(data=session.data)
    from jobmill.cli.doctor import database, folder, machine, place, webhooks

    findings: list[Finding] = []
    for part in (
        machine.look_at_programs(),
        folder.look_at_folder(settings),
        database.look_at_database(settings),
        place.look_at_settings(settings),
        webhooks.look_at_webhooks(settings),
        machine.look_at_engines(settings),
        machine.look_at_models(settings),
        machine.look_at_protections(),
        _look_at_server(session),
    ):
        for finding in part:
            findings.append(finding)
            if session.json:
                emit(finding.as_json())
    if not session.json:
        table(("check", "is", "detail"), [(f.name, f.status, f.detail) for f in findings])
        for finding in findings:
            if finding.fix:
                say(f"{finding.name}: {finding.fix}")
    if any(finding.status == "fail" for finding in findings):
        raise typer.Exit(FAILED)


def _look_at_its_clock(url: str) -> Iterator[Finding]:
    """Beside this machine's; an HTTP date has whole seconds."""
    import httpx2

    try:
        said = httpx2.get(f"{url}/healthz").headers["date"]
    except (httpx2.HTTPError, KeyError):
        return
    skew = abs((parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds())
    yield found(
        "server clock",
        skew <= MOST_SKEW_SECONDS,
        f"{skew:.0f} s from this machine's",
        "Set both clocks (NTP).",
        otherwise="warn",
    )


def _look_at_server(session: Session) -> Iterator[Finding]:
    from jobmill_client import JobmillError

    with session.client() as client:
        up = client.ready()
        yield found(
            "server",
            up,
            client.url if up else f"nothing answers at {client.url}",
            "Start one: jobmill serve",
            otherwise="warn",
        )
        if not up:
            return
        yield from _look_at_its_clock(client.url)
        try:
            workers = client.workers.list()
        except JobmillError as refusal:
            yield Finding("key", "warn", refusal.message, "Give --key, JOBMILL_KEY or --data.")
            return
        detail = ", ".join(f"{each.name} ({each.slots} slots)" for each in workers)
        yield found(
            "workers", bool(workers), detail or "none", "Start one: jobmill worker --data FOLDER"
        )
