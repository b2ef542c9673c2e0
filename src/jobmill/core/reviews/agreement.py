"""How far a review is, from what people have answered. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from jobmill.core.ids import UserNumber
from jobmill.core.pipelines import Agreement, ReviewSpec
from jobmill.core.reviews.model import Answer, AnswerKind, Document


@dataclass(frozen=True, slots=True)
class Standing:
    """How many more people may answer at the same time; or the answer that counts.

    `arbiter`: those who answered apart cannot agree any more, and one person decides who sees all.
    """

    places: int
    agreed: Answer | None = None
    arbiter: bool = False


def standing_of(spec: ReviewSpec, answers: Sequence[Answer]) -> Standing:
    """What the answers so far come to."""
    if spec.agreement is Agreement.FIRST:
        return Standing(0, answers[-1]) if answers else Standing(spec.people)
    if not spec.apart:
        return _one_after_the_other(spec, answers)
    standing = Standing(spec.people)
    for given in range(1, len(answers) + 1):
        if standing.arbiter:
            return Standing(0, answers[given - 1], arbiter=True)
        standing = _apart(spec, answers[:given])
        if standing.agreed is not None:
            return standing
    return standing


def _one_after_the_other(spec: ReviewSpec, answers: Sequence[Answer]) -> Standing:
    if not answers:
        return Standing(1)
    last = answers[-1]
    if last.kind is AnswerKind.SEND_BACK or len(answers) >= spec.people:
        return Standing(0, last)
    return Standing(1)


def _apart(spec: ReviewSpec, answers: Sequence[Answer]) -> Standing:
    most, left = spec.people // 2 + 1, spec.people - len(answers)
    digest, count = Counter(answer.digest for answer in answers).most_common(1)[0]
    if count >= most:
        return Standing(0, next(answer for answer in answers if answer.digest == digest))
    if count + left < most:
        return Standing(1, arbiter=True)
    return Standing(left)


def latest_edit(spec: ReviewSpec, answers: Sequence[Answer]) -> Document | None:
    """What the next person finds instead of the document that the review was opened with."""
    if spec.apart:
        return None
    edits = [answer.document for answer in answers if answer.document is not None]
    return edits[-1] if edits else None


def agreed_document(spec: ReviewSpec, answers: Sequence[Answer], agreed: Answer) -> Document | None:
    """The document that people agreed on; None: the one that the review was opened with."""
    return agreed.document if spec.apart else latest_edit(spec, answers)


def hides(spec: ReviewSpec, standing: Standing, answer: Answer, viewer: UserNumber) -> bool:
    """Whether the viewer may not know yet what another has answered."""
    open_still = spec.apart and standing.agreed is None and not standing.arbiter
    return open_still and answer.user != viewer
