"""Batches, pools and limits."""

from typing import Annotated

import typer

from jobmill.cli.job_actions import told
from jobmill.cli.output import clock
from jobmill.cli.session import Session, with_session

batches = typer.Typer(no_args_is_help=True, help="Jobs that were made together.")
pools = typer.Typer(no_args_is_help=True, help="Named classes of workers.")
limits = typer.Typer(no_args_is_help=True, help="How much may run at once.")
BatchArgument = Annotated[str, typer.Argument(metavar="BATCH", help="Id or number.")]
PoolArgument = Annotated[str, typer.Argument(metavar="POOL")]
COLUMNS = ("batch", "name", "jobs", "ended", "counts", "created")


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
    session.tell(
        found.raw,
        f"{found.name or found.id}: {found.percent} % of {found.size} jobs have ended",
        _counts(found.counts),
    )


@batches.command("cancel")
@with_session
def cancel_batch(session: Session, batch: BatchArgument) -> None:
    """Cancel what of a batch has not ended."""
    with session.client() as client:
        told(session, client.batches.cancel(batch))


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


def _counts(counts: object) -> str:
    return ", ".join(f"{n} {state}" for state, n in dict(counts).items())  # type: ignore[call-overload]
