"""How right a pipeline is where the answer is known, and calibrations that show it."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from jobmill.cli.output import emit, say, table
from jobmill.cli.session import Session, with_session
from jobmill.cli.times import time_option

if TYPE_CHECKING:
    from jobmill_client.models import Quality, SubjectQuality

PipelineArgument = Annotated[str, typer.Argument(metavar="PIPELINE")]


@with_session
def quality(
    session: Session,
    pipeline: PipelineArgument,
    by: Annotated[str, typer.Option(help="output, engine or person.")] = "output",
    every: Annotated[str | None, typer.Option(help="Over time: day, week or month.")] = None,
    subject: Annotated[
        str | None, typer.Option(help="Of one engine (id@version) or person alone, in detail.")
    ] = None,
    since: Annotated[datetime | None, time_option("--from", help="Measured then or later.")] = None,
    until: Annotated[datetime | None, time_option("--to", help="Measured earlier.")] = None,
) -> None:
    """Show how often a pipeline's output, its engines or its people are right."""
    with session.client() as client:
        found = client.pipelines.quality(
            pipeline, by=by, every=every, since=since, until=until, subject=subject
        )
    if session.json:
        emit(found.raw)
        return
    _tell(found)
    if len(found.subjects) == 1:
        _tell_more(found.subjects[0])


@with_session
def calibrate(
    session: Session,
    pipeline: PipelineArgument,
    count: Annotated[int, typer.Argument(min=1, help="How many jobs.")],
    tag: Annotated[str | None, typer.Option(help="From ground truth of this tag.")] = None,
) -> None:
    """Draw jobs whose answer is known; only admins can tell them from others."""
    with session.client() as client:
        drawn = client.pipelines.calibrate(pipeline, count, tag=tag)
    session.show(
        drawn.raw, lambda: table(("job", "truth"), [(job.number, job.truth) for job in drawn.jobs])
    )


def _tell(found: "Quality") -> None:
    rows = [
        (each.name, each.measured, each.correct, _percent(each.accuracy), _percent(each.score))
        for each in found.subjects
    ]
    table((found.by, "measured", "correct", "accuracy", "score"), rows)
    if found.agreement.pairs:
        rate, pairs = _percent(found.agreement.rate), found.agreement.pairs
        say(f"People who were asked apart agreed in {rate} of {pairs} pairs.")


def _tell_more(subject: "SubjectQuality") -> None:
    if len(subject.fields) > 1:
        say("")
        table(
            ("field", "measured", "correct", "accuracy"),
            [(f.field, f.measured, f.correct, _percent(f.accuracy)) for f in subject.fields],
        )
    wrong = [each for each in subject.confusion if each.given != each.truth]
    if wrong:
        say("")
        table(
            ("field", "right", "given", "times"),
            [(c.field, c.truth, c.given, c.count) for c in wrong],
        )
    if subject.periods:
        say("")
        table(
            ("from", "measured", "correct", "accuracy"),
            [(p.start, p.measured, p.correct, _percent(p.accuracy)) for p in subject.periods],
        )


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f} %"
