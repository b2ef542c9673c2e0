"""What a review task asks of people, as a graph says it, checked. Pure; knows no engine."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from jobmill.core.errors import GraphInvalid
from jobmill.core.pipelines.schemas import bounded, checked_schema

REVIEW = "review"
"""Stands where other tasks have their engine and their pool: nothing runs."""
MOST_PEOPLE = 9
CLAIM_SECONDS = 900
LEAST_CLAIM_SECONDS = 10
MOST_CLAIM_SECONDS = 7 * 24 * 3600
QUESTION_LIMIT = 2000
_STEP = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. -]{0,99}")
LEAST_LIMIT_SECONDS = 1
MOST_LIMIT_SECONDS = 366 * 24 * 3600
MAX_RETRIES = 3
MOST_RETRIES = 100
POLICY = (
    "threshold",
    "people",
    "agreement",
    "claim_seconds",
    "time_limit_s",
    "on_timeout",
    "max_retries",
)
"""What a program may say for all its reviews."""
_KNOWN = ("step", *POLICY, "question", "form")


class Agreement(StrEnum):
    """How several people come to one answer: whoever answers first; each sees what those before
    made of it and answers on that; or all answer by themselves until most agree."""

    FIRST = "first"
    SECOND = "second"
    CONSENSUS = "consensus"


class OnTimeout(StrEnum):
    """What becomes of a question that nobody has answered in time: it is put to anybody anew, to
    all but those who held it, or to nobody: the job fails."""

    RETRY = "retry"
    REASSIGN = "reassign"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class ReviewSpec:
    """A question to people about one document.

    Asked always (threshold 1 and more), never (0 and less), or when the document's confidence
    (0..1) is below the threshold or unknown. `people` answer one after the other (`second`),
    apart (`consensus`), or may hold it at once until one has answered (`first`). A claim lasts
    `claim_seconds`. Without an answer within `time_limit_s`, counted from when it was put to
    people, taken or last answered, `on_timeout` happens; asked `max_retries` times more, it fails.
    `form` is the JSON Schema that an edited document must satisfy.
    """

    step: str
    threshold: float = 1.0
    people: int = 1
    agreement: Agreement = Agreement.SECOND
    claim_seconds: int = CLAIM_SECONDS
    question: str = ""
    form: Mapping[str, Any] | None = None
    time_limit_s: int | None = None
    on_timeout: OnTimeout = OnTimeout.RETRY
    max_retries: int = MAX_RETRIES

    def asks(self, confidence: float | None) -> bool:
        """Whether a person has to look at a document that is so sure of itself."""
        if self.threshold <= 0:
            return False
        return self.threshold >= 1 or confidence is None or confidence < self.threshold

    @property
    def apart(self) -> bool:
        """Whether nobody may see what others answered, as long as all can still agree."""
        return self.people > 1 and self.agreement is Agreement.CONSENSUS

    def as_json(self) -> dict[str, Any]:
        """The form in which a graph says it, all of it."""
        said: dict[str, Any] = {
            "step": self.step,
            "threshold": self.threshold,
            "people": self.people,
            "agreement": self.agreement.value,
            "claim_seconds": self.claim_seconds,
        }
        if self.question:
            said["question"] = self.question
        if self.form is not None:
            said["form"] = self.form
        if self.time_limit_s is not None:
            said["time_limit_s"] = self.time_limit_s
            said["on_timeout"] = self.on_timeout.value
            said["max_retries"] = self.max_retries
        return said


def review_spec(said: Any, where: str) -> ReviewSpec:
    """The spec that a graph says. Raises GraphInvalid, which names the field below `where`."""
    if not isinstance(said, Mapping):
        raise GraphInvalid(f"{where}: give an object.", field=where)
    for key in said:
        if key not in _KNOWN:
            raise GraphInvalid(
                f"{where}.{key}: is not known; known here: {', '.join(_KNOWN)}.",
                field=f"{where}.{key}",
            )
    step = said.get("step")
    if not isinstance(step, str) or not _STEP.fullmatch(step):
        raise GraphInvalid(
            f"{where}.step: name the role that may answer, such as 'mapping'.",
            field=f"{where}.step",
        )
    return ReviewSpec(
        step=step,
        threshold=_threshold(said.get("threshold", 1.0), f"{where}.threshold"),
        people=_whole(said.get("people", 1), 1, MOST_PEOPLE, f"{where}.people"),
        agreement=_agreement(said.get("agreement", Agreement.SECOND), f"{where}.agreement"),
        claim_seconds=claim_seconds(
            said.get("claim_seconds", CLAIM_SECONDS), f"{where}.claim_seconds"
        ),
        question=_question(said.get("question", ""), f"{where}.question"),
        form=_form(said.get("form"), f"{where}.form"),
        time_limit_s=_time_limit(said.get("time_limit_s"), f"{where}.time_limit_s"),
        on_timeout=_on_timeout(said.get("on_timeout", OnTimeout.RETRY), f"{where}.on_timeout"),
        max_retries=_whole(
            said.get("max_retries", MAX_RETRIES), 0, MOST_RETRIES, f"{where}.max_retries"
        ),
    )


def claim_seconds(value: Any, where: str) -> int:
    """How long a claim lasts. Raises GraphInvalid."""
    return _whole(value, LEAST_CLAIM_SECONDS, MOST_CLAIM_SECONDS, where)


def stored_spec(said: Mapping[str, Any]) -> ReviewSpec:
    """A spec that was checked when it was written."""
    words = {"agreement": Agreement(said["agreement"])}
    late = {"on_timeout": OnTimeout(said["on_timeout"])} if "on_timeout" in said else {}
    return ReviewSpec(**{**said, **words, **late})


def _threshold(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise GraphInvalid(
            f"{where}: give a number: 1 asks always, 0 never, between them by confidence.",
            field=where,
        )
    return min(1.0, max(0.0, float(value)))


def _whole(value: Any, least: int, most: int, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise GraphInvalid(f"{where}: give a whole number from {least} to {most}.", field=where)
    return value


def _agreement(value: Any, where: str) -> Agreement:
    if value not in list(Agreement):
        raise GraphInvalid(f"{where}: give {' or '.join(Agreement)}.", field=where)
    return Agreement(value)


def _question(value: Any, where: str) -> str:
    if not isinstance(value, str) or len(value) > QUESTION_LIMIT:
        raise GraphInvalid(f"{where}: give a text of {QUESTION_LIMIT} at most.", field=where)
    return value


def _form(value: Any, where: str) -> Mapping[str, Any] | None:
    return None if value is None else checked_schema(value, where)


def _time_limit(value: Any, where: str) -> int | None:
    if value is None:
        return None
    return _whole(value, LEAST_LIMIT_SECONDS, MOST_LIMIT_SECONDS, where)


def _on_timeout(value: Any, where: str) -> OnTimeout:
    if value not in list(OnTimeout):
        raise GraphInvalid(f"{where}: give {' or '.join(OnTimeout)}.", field=where)
    return OnTimeout(value)


def form_problem(form: Mapping[str, Any] | None, document: Any) -> str | None:
    """Where a document fails its form, as a sentence; None if it does not."""
    if form is None:
        return None
    try:
        error = next(iter(bounded(form).iter_errors(document)), None)
    except Exception as problem:  # a form may refer to what is not there, or to itself
        return f"The review's form cannot be applied: {problem or type(problem).__name__}."
    if error is None:
        return None
    where = "".join(f"/{part}" for part in error.absolute_path)
    return f"{where or 'the document'}: {error.message}."
