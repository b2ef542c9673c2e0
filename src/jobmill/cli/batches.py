"""Batches, pools and limits."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jobmill.cli.job_actions import told
from jobmill.cli.metadata import Metadata, metadata_given
from jobmill.cli.output import clock
from jobmill.cli.session import FAILED, Session, with_session

if TYPE_CHECKING:
    from jobmill_client import Batch, Jobmill
    from jobmill_client.inputs import JobInput


batches = typer.Typer(no_args_is_help=True, help="Jobs that were made together.")
pools = typer.Typer(no_args_is_help=True, help="Named classes of workers.")
limits = typer.Typer(no_args_is_help=True, help="How much may run at once.")
BatchArgument = Annotated[str, typer.Argument(metavar="BATCH", help="Id or number.")]
PoolArgument = Annotated[str, typer.Argument(metavar="POOL")]
COLUMNS = ("batch", "name", "state", "jobs", "ended", "counts", "created")


@batches.command("list")
@with_session
def list_batches(
    session: Session,
    limit: Annotated[int, typer.Option(min=1, help="At most this many.")] = 20,
) -> None:
    """List batches, newest first."""
    with session.client() as client:
        found = list(client.batches.list(limit))
    session.rows(
        found,
        COLUMNS,
        lambda b: (
            b.number,
            b.name,
            b.state,
            b.size,
            f"{b.percent} %",
            _counts(b.counts),
            clock(b.created_at),
        ),
    )


@batches.command("show")
@with_session
def show_batch(session: Session, batch: BatchArgument) -> None:
    """Show how far a batch is."""
    with session.client() as client:
        found = client.batches.get(batch)
    _tell(session, found)


@batches.command("start")
@with_session
def start_batch(
    session: Session,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="Rows: a file, data:// path or address.")
    ],
    pipeline: Annotated[str, typer.Option(help="Each row becomes a job of it.")],
    format: Annotated[  # noqa: A002
        str | None, typer.Option(help="json, jsonl or csv; told by the name if absent.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="All rows or none.")] = False,
    row_key: Annotated[
        str | None, typer.Option(help="No two rows may have the same value in this field.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="What you call the batch.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="A word for each job; repeatable.")] = None,
    metadata: Metadata = None,
    priority: Annotated[int | None, typer.Option(min=0, max=139, help="Lower runs first.")] = None,
    parked: Annotated[bool, typer.Option("--parked", help="Put the jobs aside.")] = False,
    wait: Annotated[bool, typer.Option(help="Wait until all rows have been read.")] = True,
) -> None:
    """Make each row of a file into a job of a pipeline."""
    shared: dict[str, Any] = {
        "tags": tag,
        "metadata": metadata_given(metadata) or None,
        "priority": priority,
    }
    with session.client() as client:
        found = client.batches.start(
            pipeline,
            file=_rows(client, file),
            format=format,
            strict=strict,
            key=row_key,
            name=name,
            parked=parked,
            origin="cli",
            **shared,
        )
        if wait and found.job is not None:
            client.jobs.wait(found.job)
            found = client.batches.get(found)
    _tell(session, found)
    if found.state == "failed":
        raise typer.Exit(FAILED)


@batches.command("errors")
@with_session
def list_batch_errors(
    session: Session,
    batch: BatchArgument,
    limit: Annotated[int, typer.Option(min=1, help="At most this many.")] = 100,
) -> None:
    """List rows that became no job, and why. The first row is 0."""
    with session.client() as client:
        found = list(client.batches.errors(batch, limit))
    session.rows(found, ("row", "field", "what"), lambda each: (each.row, each.field, each.message))


@batches.command("cancel")
@with_session
def cancel_batch(session: Session, batch: BatchArgument) -> None:
    """Read no more of a batch, and cancel what of it has not ended."""
    with session.client() as client:
        told(session, client.batches.cancel(batch))


@batches.command("retry")
@with_session
def retry_batch(session: Session, batch: BatchArgument) -> None:
    """Run again what did not succeed of a batch."""
    with session.client() as client:
        told(session, client.batches.retry(batch))


@batches.command("restart")
@with_session
def restart_batch(session: Session, batch: BatchArgument) -> None:
    """Run all of a batch that has ended again."""
    with session.client() as client:
        told(session, client.batches.restart(batch))


@pools.command("list")
@with_session
def list_pools(session: Session) -> None:
    """List pools, with what they do now."""
    with session.client() as client:
        found = client.pools.list()
    session.rows(
        found,
        ("pool", "state", "ready", "running", "workers"),
        lambda p: (p.name, "paused" if p.paused else "", p.ready, p.running, len(p.workers)),
    )


@pools.command("pause")
@with_session
def pause_pool(session: Session, pool: PoolArgument) -> None:
    """Start nothing new in a pool."""
    with session.client() as client:
        found = client.pools.pause(pool)
    session.tell(found.raw, f"Pool {found.name} is paused; {found.running} tasks still run.")


@pools.command("resume")
@with_session
def resume_pool(session: Session, pool: PoolArgument) -> None:
    """Let a paused pool go on."""
    with session.client() as client:
        found = client.pools.resume(pool)
    session.tell(found.raw, f"Pool {found.name} goes on.")


@limits.command("list")
@with_session
def list_limits(session: Session) -> None:
    """List limits, with how much of each is used."""
    with session.client() as client:
        found = client.limits.list()
    session.rows(
        found,
        ("organization", "engine", "at most", "now", "id"),
        lambda x: (x.organization or "all", x.engine or "all", x.running, x.used, x.id),
    )


@limits.command("set")
@with_session
def set_limit(
    session: Session,
    running: Annotated[int, typer.Argument(min=0, help="At most so many tasks at once.")],
    organization: Annotated[str | None, typer.Option(help="Of this one; id or name.")] = None,
    engine: Annotated[str | None, typer.Option(help="By this engine.")] = None,
) -> None:
    """Say how many tasks may run at once."""
    with session.client() as client:
        found = client.limits.set(running, organization=organization, engine=engine)
    session.tell(found.raw, f"At most {found.running} at once; now {found.used}.")


@limits.command("delete")
@with_session
def delete_limit(
    session: Session, limit: Annotated[str, typer.Argument(metavar="LIMIT", help="Its id.")]
) -> None:
    """Remove a limit."""
    with session.client() as client:
        client.limits.delete(limit)
    session.tell({"id": limit, "deleted": True}, "The limit is gone.")


def _rows(client: "Jobmill", file: str) -> "JobInput":
    """A file of this machine is uploaded; any other the server knows."""
    from jobmill_client.inputs import is_address

    path = Path(file)
    if is_address(file) or file.startswith("data://") or not path.is_file():
        return file
    return client.assets.upload(path)


def _tell(session: Session, found: "Batch") -> None:
    total = "?" if found.total is None else found.total
    read = f"; {found.processed} of {total} rows read, {found.invalid} wrong" if found.job else ""
    session.tell(
        found.raw,
        f"{found.name or found.id}: {found.state}; "
        f"{found.percent} % of {found.size} jobs have ended{read}",
        found.error or _counts(found.counts),
    )


def _counts(counts: object) -> str:
    return ", ".join(f"{n} {state}" for state, n in dict(counts).items())  # type: ignore[call-overload]
