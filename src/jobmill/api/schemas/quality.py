"""Quality against ground truth, as it is asked for and shown."""

from datetime import date
from typing import Any

from pydantic import Field

from jobmill.api.schemas.jobs import Word
from jobmill.api.schemas.shared import Answer, Body, GivenTime, Time
from jobmill.core.jobs.service.truths import Quality as CoreQuality
from jobmill.core.jobs.service.truths import SubjectQuality as CoreSubject
from jobmill.core.jobs.service.truths.quality import MOST_WORDS, Together
from jobmill.core.truths import Accuracy, Role, Width

POINTER = "A JSON pointer into the known answer; empty for all of it."


class QualityRequest(Body):
    """Which measurements to sum up."""

    since: GivenTime | None = Field(None, alias="from", description="Measured then or later.")
    until: GivenTime | None = Field(None, alias="to", description="Measured earlier.")
    by: Role = Field(
        Role.OUTPUT,
        description="`output`: what came out of the pipeline; `engine`: by engine and version, "
        "before people looked at it; `person`: by who answered.",
    )
    every: Width | None = Field(None, description="Also over time, in such steps.")
    subject: Word | None = Field(
        None, description="Of one alone: `engine@version`, or a user's id, e-mail address or name."
    )


class Figures(Answer):
    """How many answers were measured, and how they came out."""

    measured: int
    correct: int = Field(description="How many of them are right in every field.")
    accuracy: float | None = Field(description="Their share, 0 to 1; null if none was measured.")
    score: float | None = Field(description="The mean share of fields that are right.")


class FieldQuality(Answer):
    """How often one field was right."""

    field: str = Field(description=POINTER)
    measured: int
    correct: int
    accuracy: float


class Confusion(Answer):
    """How often one label was given for another, or for itself."""

    field: str = Field(description=POINTER)
    truth: str = Field(description="What is right.")
    given: str | None = Field(description="What was answered; null: nothing.")
    count: int


class PeriodQuality(Figures):
    """The figures of a day, a week or a month."""

    start: date = Field(description="Its first day, in UTC; weeks begin with Monday.")


class PeopleAgreement(Answer):
    """How often people gave the same answer, each asked without knowing the others'."""

    pairs: int = Field(description="How many answers of two people to one question.")
    agreed: int
    rate: float | None = Field(description="Their share, 0 to 1; null if there is no pair.")
    score: float | None = Field(description="The mean share of fields that are the same.")

    @classmethod
    def of(cls, together: Together) -> "PeopleAgreement":
        pairs, agreed = together.pairs, together.agreed
        rate, score = (agreed / pairs, together.score) if pairs else (None, None)
        return cls(pairs=pairs, agreed=agreed, rate=rate, score=score)


class SubjectQuality(Figures):
    """Of the output, one engine or one person."""

    subject: str = Field(description="`engine@version`, a user's id, or empty for the output.")
    name: str
    fields_: list[FieldQuality] = Field(
        serialization_alias="fields", description="At most 200 of one answer are looked at."
    )
    confusion: list[Confusion] = Field(
        description=f"Of fields with {MOST_WORDS} different labels at most, the most frequent "
        "first in each."
    )
    periods: list[PeriodQuality] = Field(description="With `every`: those with measurements.")
    agreement: PeopleAgreement | None = Field(description="Of a person with others.")

    @classmethod
    def of(cls, found: CoreSubject, by: Role) -> "SubjectQuality":
        together = PeopleAgreement.of(found.together)
        return cls(
            subject=found.subject,
            name=found.name,
            fields_=[
                FieldQuality(
                    field=each.field,
                    measured=each.measured,
                    correct=each.correct,
                    accuracy=each.correct / each.measured,
                )
                for each in found.fields
            ],
            confusion=[
                Confusion(field=each.field, truth=each.truth, given=each.given, count=each.count)
                for each in found.confusion
            ],
            periods=[
                PeriodQuality(start=each.start, **_figures(each.accuracy)) for each in found.periods
            ],
            agreement=together if by is Role.PERSON else None,
            **_figures(found.accuracy),
        )


class Quality(Answer):
    """How right a pipeline's answers are where the right ones are known."""

    pipeline: str
    by: Role
    from_: Time | None = Field(serialization_alias="from")
    to: Time | None
    every: Width | None
    subjects: list[SubjectQuality]
    agreement: PeopleAgreement = Field(description="Of all people with each other.")

    @classmethod
    def of(cls, found: CoreQuality) -> "Quality":
        query = found.query
        return cls(
            pipeline=found.pipeline,
            by=query.role,
            from_=query.since,
            to=query.until,
            every=found.width,
            subjects=[SubjectQuality.of(each, query.role) for each in found.subjects],
            agreement=PeopleAgreement.of(found.together),
        )


def _figures(of: Accuracy) -> dict[str, Any]:
    return {
        "measured": of.measured,
        "correct": of.correct,
        "accuracy": of.rate,
        "score": of.score if of.measured else None,
    }
