"""Reads a document of another engine and gives one answer, with how sure it is."""

from typing import Any

from jobmill_engine import Engine, InputRejected, Result, Task
from jobmill_engine.facts import FactsInvalid
from jobmill_engines.answers.picking import picked
from jobmill_engines.answers.shapes import SHAPES, Answer, blank
from jobmill_engines.documents.given import given_document

BLANK, PICK = "blank", "pick"


class Answers(Engine):
    """One shape of a document; parameters as in `engine.toml`."""

    def run(self, task: Task) -> Result:
        schema = task.parameters.get("schema") or {}
        output, sure = _answer(task, schema)
        problem = _problem(output, schema)
        if problem is not None:
            # People are asked about what does not fit, however sure its engine was.
            task.warn("does_not_fit", f"The answer breaks the output schema: {problem}.")
            sure = 0.0
        return output if sure is None else {**output, "confidence": round(sure, 4)}


def _answer(task: Task, schema: dict[str, Any]) -> Answer:
    shape = str(task.parameters.get("shape") or PICK)
    if shape == BLANK:
        return blank(schema)
    document = given_document(task)
    if shape == PICK:
        return picked(document, task.parameters.get("pick") or {}, task.parameters.get("sure"))
    try:
        return SHAPES[shape](document)
    except FactsInvalid as error:
        told = f"What was read is no document for the shape {shape!r}: {error}"
        raise InputRejected("invalid_document", told) from None


def _problem(output: dict[str, Any], schema: dict[str, Any]) -> str | None:
    if not schema:
        return None
    from jsonschema import Draft202012Validator
    from referencing import Registry

    registry: Registry[Any] = Registry()  # nothing is fetched
    error = next(iter(Draft202012Validator(schema, registry=registry).iter_errors(output)), None)
    return None if error is None else str(error.message)
