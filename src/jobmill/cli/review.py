"""Reviews in the terminal: what there is to do, take it, look, edit, confirm, send back."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jobmill.cli.output import clock, facts, note, say
from jobmill.cli.session import Session, with_session

if TYPE_CHECKING:
    from jobmill_client import Jobmill
    from jobmill_client.models import Review

app = typer.Typer(no_args_is_help=True, help="Questions that jobs put to people.")
ReviewArgument = Annotated[str, typer.Argument(metavar="REVIEW", help="The review's id.")]
Comment = Annotated[str, typer.Option("--comment", "-m", help="Kept with the answer.")]
Seconds = Annotated[int | None, typer.Option(help="How long to hold it; as the review says.")]


@app.command("list")
@with_session
def list_(
    session: Session,
    step: Annotated[list[str] | None, typer.Option(help="Of this step; repeatable.")] = None,
    state: Annotated[list[str] | None, typer.Option(help="open, answered, withdrawn.")] = None,
    job: Annotated[str | None, typer.Option(help="Of this job.")] = None,
    pipeline: Annotated[list[str] | None, typer.Option(help="Of this pipeline.")] = None,
    mine: Annotated[bool, typer.Option("--mine", help="Those that you hold.")] = False,
    free: Annotated[bool, typer.Option("--free", help="Those that nobody holds.")] = False,
    limit: Annotated[int, typer.Option(help="So many at most.")] = 50,
) -> None:
    """List open reviews, oldest first."""
    with session.client() as client:
        found = list(
            client.reviews.list(
                step=step,
                state=state,
                job=job,
                pipeline=pipeline,
                mine=mine,
                claimed=False if free else None,
                limit=limit,
            )
        )
    session.rows(
        found,
        ("review", "step", "job", "opened", "held by", "answers"),
        lambda r: (
            r.id,
            r.step,
            r.job_name or r.job,
            clock(r.opened_at),
            _holders(r),
            f"{r.answers_given} of {r.people}" if r.people > 1 else r.outcome or "",
        ),
    )


@app.command()
@with_session
def show(
    session: Session,
    review: ReviewArgument,
    document: Annotated[bool, typer.Option("--document", help="Its document alone.")] = False,
) -> None:
    """Show a review with what was answered, or its document."""
    with session.client() as client:
        if document:
            found = client.reviews.document(review)
            session.show(found, lambda: say(_pretty(found)))
            return
        seen = client.reviews.get(review)
    session.show(seen.raw, lambda: _tell(seen))


@app.command()
@with_session
def take(session: Session, review: ReviewArgument, seconds: Seconds = None) -> None:
    """Check a review out: nobody else may answer until your claim ends. Again: longer."""
    with session.client() as client:
        found = client.reviews.checkout(review, seconds)
    session.show(found.raw, lambda: note(f"Yours until {clock(_until(found))}."))


@app.command()
@with_session
def release(session: Session, review: ReviewArgument) -> None:
    """Give a review back; what you saved as a draft stays yours."""
    with session.client() as client:
        found = client.reviews.release(review)
    session.show(found.raw, lambda: note("Given back."))


@app.command()
@with_session
def confirm(session: Session, review: ReviewArgument, comment: Comment = "") -> None:
    """The document is right. Takes the review if you do not hold it."""
    with session.client() as client:
        client.reviews.checkout(review)
        found = client.reviews.confirm(review, comment)
    session.show(found.raw, lambda: note(_said(found)))


@app.command()
@with_session
def edit(
    session: Session,
    review: ReviewArgument,
    file: Annotated[
        Path | None, typer.Option(help="The edited document; '-' for standard input.")
    ] = None,
    comment: Comment = "",
    seconds: Seconds = None,
) -> None:
    """Change the document in $EDITOR and hand it in; your claim is held while you work.

    With --file no editor is opened. A document that is not JSON, or is refused, stays where the
    message says; one that you left as it was is not handed in.
    """
    from jobmill.cli.editing import edited

    with session.client() as client:
        taken = client.reviews.checkout(review, seconds)
        if file is not None:
            document = json.loads(_text_of(file))
        else:
            document = edited(client, taken, seconds)
        if document is None:
            note("Nothing was changed, so nothing is handed in. You hold the review still.")
            return
        found = _hand_in(client, review, document, comment)
    session.show(found.raw, lambda: note(_said(found)))


@app.command("send-back")
@with_session
def send_back(
    session: Session,
    review: ReviewArgument,
    to: Annotated[
        str | None, typer.Option(help="The task to do again; the one before the review.")
    ] = None,
    comment: Comment = "",
) -> None:
    """Have the work done again. Takes the review if you do not hold it."""
    with session.client() as client:
        client.reviews.checkout(review)
        found = client.reviews.send_back(review, to, comment)
    session.show(found.raw, lambda: note(_said(found)))


@app.command()
@with_session
def changes(
    session: Session,
    review: Annotated[str | None, typer.Argument(metavar="REVIEW", help="Its id.")] = None,
    job: Annotated[str | None, typer.Option(help="Of all reviews of this job.")] = None,
) -> None:
    """Who changed what, from what to what: in a review, or in a job."""
    if (review is None) == (job is None):
        raise typer.BadParameter("give a review, or --job")
    with session.client() as client:
        found = list(
            client.reviews.changes(review)
            if review is not None
            else client.reviews.changes_of_job(job or "")
        )
    session.rows(
        found,
        ("at", "who", "step", "place", "from", "to"),
        lambda c: (
            clock(c.at),
            c.user.name if c.user else "",
            c.step,
            c.path,
            "" if c.op == "add" else _short(c.before),
            "" if c.op == "remove" else _short(c.after),
        ),
    )


def _hand_in(client: "Jobmill", review: str, document: Any, comment: str) -> "Review":
    from jobmill.cli.editing import keep
    from jobmill_client import JobmillError

    try:
        return client.reviews.edit(review, document, comment)
    except JobmillError as refused:
        note(f"Your document is in {keep(document)}.")
        raise refused


def _text_of(file: Path) -> str:
    return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")


def _tell(review: "Review") -> None:
    facts(
        {
            "review": review.id,
            "job": review.job,
            "task": review.task,
            "step": review.step,
            "state": review.outcome or review.state,
            "question": review.question,
            "confidence": review.confidence,
            "people": f"{review.answers_given} of {review.people} answered",
            "agreement": review.agreement if review.people > 1 else None,
            "held by": _holders(review),
            "opened": clock(review.opened_at),
            "closed": clock(review.closed_at),
        }
    )
    for answer in review.answers:
        who = answer.user.name if answer.user else "somebody"
        made = f", {_changes(answer.changes)}" if answer.changes else ""
        to = f" to {answer.to}" if answer.to else ""
        comment = f": {answer.comment}" if answer.comment else ""
        say(f"{clock(answer.at)}  {who}  {answer.kind}{to}{made}{comment}")


def _changes(count: int) -> str:
    return "1 change" if count == 1 else f"{count} changes"


def _said(review: "Review") -> str:
    if review.state == "open":
        left = max(1, review.people - review.answers_given)
        return "Kept. One person decides." if review.arbiter else f"Kept. Still asked: {left}."
    return {"sent_back": "Sent back.", "edited": "Handed in; the job goes on."}.get(
        review.outcome or "", "Confirmed; the job goes on."
    )


def _holders(review: "Review") -> str:
    held = (
        f"{claim.user.name if claim.user else 'somebody'} until {clock(claim.expires_at)}"
        for claim in review.claims
    )
    return ", ".join(held)


def _until(review: "Review") -> datetime | None:
    return review.mine.expires_at if review.mine else None


def _pretty(document: Any) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:59]}…"
