"""What a review task asks of people, as a graph says it, checked. Pure; knows no engine."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from jobmill.core.errors import GraphInvalid

REVIEW = "review"
"""Stands where other tasks have their engine and their pool: nothing runs."""
MOST_PEOPLE = 9
CLAIM_SECONDS = 900
LEAST_CLAIM_SECONDS = 10
MOST_CLAIM_SECONDS = 7 * 24 * 3600
QUESTION_LIMIT = 2000
_STEP = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. -]{0,99}")
_COSTLY = ("pattern", "uniqueItems")
"""What may take for ever on a large document."""
FORM_LIMIT = 64 * 1024
FORM_STEPS = 500_000
"""How many rules are looked at: forms that refer to themselves can make a small one endless."""
_KNOWN = ("step", "threshold", "people", "agreement", "claim_seconds", "question", "form")


class Agreement(StrEnum):
    """How several people come to one answer: each sees what those before made of it and answers
    on that, or all answer by themselves until most agree."""

    SECOND = "second"
    CONSENSUS = "consensus"


@dataclass(frozen=True, slots=True)
class ReviewSpec:
    """A question to people about one document.

    Asked always (threshold 1 and more), never (0 and less), or when the document's confidence
    (0..1) is below the threshold or unknown. `people` answer one after the other. A claim lasts
    `claim_seconds`. `form` is the JSON Schema that an edited document must satisfy.
    """

    step: str
    threshold: float = 1.0
    people: int = 1
    agreement: Agreement = Agreement.SECOND
    claim_seconds: int = CLAIM_SECONDS
    question: str = ""
    form: Mapping[str, Any] | None = None

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
    )


def claim_seconds(value: Any, where: str) -> int:
    """How long a claim lasts. Raises GraphInvalid."""
    return _whole(value, LEAST_CLAIM_SECONDS, MOST_CLAIM_SECONDS, where)


def stored_spec(said: Mapping[str, Any]) -> ReviewSpec:
    """A spec that was checked when it was written."""
    return ReviewSpec(**{**said, "agreement": Agreement(said["agreement"])})


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
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise GraphInvalid(f"{where}: give a JSON Schema.", field=where)
    _check_form(value, where)
    if len(json.dumps(value)) > FORM_LIMIT:
        raise GraphInvalid(f"{where}: {FORM_LIMIT} bytes at most.", field=where)
    from jsonschema import Draft202012Validator, SchemaError  # slow to import, and seldom needed

    try:
        Draft202012Validator.check_schema(dict(value))
    except SchemaError as error:
        raise GraphInvalid(f"{where}: {error.message}.", field=where) from None
    return value


def _check_form(value: Any, where: str) -> None:
    """Forms come from callers: nothing in them may be fetched, or searched for without an end."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key in _COSTLY and not isinstance(inner, Mapping):
                raise GraphInvalid(f"{where}: {key!r} cannot be used in a form.", field=where)
            if key == "$ref" and isinstance(inner, str) and not inner.startswith("#"):
                raise GraphInvalid(f"{where}: a $ref must begin with '#'.", field=where)
            if key == "patternProperties":
                raise GraphInvalid(f"{where}: {key!r} cannot be used in a form.", field=where)
            _check_form(inner, where)
    elif isinstance(value, list):
        for inner in value:
            _check_form(inner, where)


def form_problem(form: Mapping[str, Any] | None, document: Any) -> str | None:
    """Where a document fails its form, as a sentence; None if it does not."""
    if form is None:
        return None
    try:
        error = next(iter(_bounded(form).iter_errors(document)), None)
    except Exception as problem:  # a form may refer to what is not there, or to itself
        return f"The review's form cannot be applied: {problem or type(problem).__name__}."
    if error is None:
        return None
    where = "".join(f"/{part}" for part in error.absolute_path)
    return f"{where or 'the document'}: {error.message}."


def _bounded(form: Mapping[str, Any]) -> Any:
    """A validator that fetches nothing and gives up after so many steps."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend
    from referencing import Registry

    left = FORM_STEPS

    def counted(check: Any) -> Any:
        def run(*given: Any) -> Iterator[Any]:
            nonlocal left
            left -= 1
            if left < 0:
                raise OverflowError("it takes too many steps")
            yield from check(*given) or ()

        return run

    known = Draft202012Validator.VALIDATORS
    extended: Any = extend
    counting = extended(Draft202012Validator, {word: counted(known[word]) for word in known})
    return counting(dict(form), registry=Registry())
