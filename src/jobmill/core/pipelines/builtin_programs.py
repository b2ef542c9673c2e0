"""Programs that every organization has by name: engines first, people below a confidence. As data.

A job's `params` go over these: `{"check": {"threshold": 0.95, "time_limit_s": 600}}` for the
people, `{"check": {"threshold": 0}}` for a job that nobody is asked about.
"""

from collections.abc import Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from jobmill.core.pipelines.model import PipelineDefinition
from jobmill.core.pipelines.program import Program

Schema = Mapping[str, Any]
ANSWER, CHECK = "answer", "check"
"""The task that shapes the answer, and the one that asks people about it (and their role)."""
LANGUAGE = {"type": "string", "minLength": 2, "maxLength": 20}
TEXT = {"type": "string"}
_SHARE = {"type": "number", "minimum": 0, "maximum": 1}
_BOX = {
    "type": "object",
    "required": ["x", "y", "width", "height"],
    "properties": {"x": _SHARE, "y": _SHARE, "width": _SHARE, "height": _SHARE},
}


def _object(properties: Schema, *required: str, closed: bool = True) -> dict[str, Any]:
    schema = {"type": "object", "required": list(required), "properties": dict(properties)}
    return {**schema, "additionalProperties": False} if closed else schema


def _file(what: str) -> dict[str, Any]:
    named = "a data:// path, an http(s) address, or an asset's id"
    return {"type": "string", "minLength": 1, "description": f"{what}: {named}."}


def _program(
    tasks: tuple[Mapping[str, Any], ...],
    shape: str,
    given: Schema,
    answer: Schema,
    question: str,
    threshold: float,
    pick: Mapping[str, str] | None = None,
    **more: Any,
) -> tuple[PipelineDefinition, Program]:
    """The tasks one behind the other, the answer, and people who look at it."""
    params = {"shape": shape, "schema": answer, **({"pick": pick} if pick else {})}
    shaped = {"name": ANSWER, "engine": "answers", "params": params}
    asked = {"name": CHECK, "review": {"step": CHECK, "question": question}}
    chain = (*tasks, shaped, asked)
    names = [task["name"] for task in chain]
    routes = tuple({"from": a, "to": b} for a, b in pairwise(names))
    program = Program(
        input_schema=given,
        output_schema=answer,
        answer=CHECK,
        workers={"threshold": threshold},
        **more,
    )
    return PipelineDefinition(tasks=chain, routes=routes), program


def _of_file(key: str, what: str, more: Schema | None = None) -> dict[str, Any]:
    return _object({key: _file(what), **(more or {})}, key)


_DOCUMENTS = _program(
    (
        {"name": "read", "engine": "document-reader"},
        {"name": "zones", "engine": "document-zones"},
        {"name": "points", "engine": "data-points"},
    ),
    "fields",
    _object(
        {
            "document_url": _file("A PDF, DOCX, HTML, ePub, text or picture"),
            "taxonomy": {
                "type": "object",
                "required": ["datapoints"],
                "description": "What to find; see the guide on documents.",
            },
        },
        "document_url",
        "taxonomy",
    ),
    _object({"fields": {"type": "object"}, "missing": {"type": "array", "items": TEXT}}, "fields"),
    "Is every field right, and is none missing?",
    0.8,
    files=("/document_url",),
    params={"points.taxonomy": "/taxonomy"},
)
_IMAGE_TEXT = _program(
    ({"name": "read", "engine": "ocr"},),
    "text",
    _of_file("image_url", "A picture or scan", {"languages": {"type": "array", "items": LANGUAGE}}),
    _object(
        {
            "text": TEXT,
            "lines": {
                "type": "array",
                "items": _object({"text": TEXT, "box": _BOX}, "text", closed=False),
            },
        },
        "text",
    ),
    "Is this the text in the picture?",
    0.8,
    files=("/image_url",),
    params={"read.languages": "/languages"},
)
_TRANSCRIPTION = _program(
    ({"name": "hear", "engine": "transcribe"},),
    "transcript",
    _of_file(
        "audio_url",
        "A sound file or film",
        {"language": LANGUAGE, "prompt": {"type": "string", "maxLength": 2000}},
    ),
    _object(
        {
            "text": TEXT,
            "language": LANGUAGE,
            "segments": {
                "type": "array",
                "items": _object(
                    {
                        "start_ms": {"type": "number", "minimum": 0},
                        "end_ms": {"type": "number", "minimum": 0},
                        "text": TEXT,
                    },
                    "start_ms",
                    "end_ms",
                    "text",
                ),
            },
        },
        "text",
    ),
    "Is this what is said?",
    0.6,
    files=("/audio_url",),
    params={"hear.language": "/language", "hear.prompt": "/prompt"},
)
_TRANSLATION = _program(
    ({"name": "translate", "engine": "translate"},),
    "translation",
    {
        **_object(
            {
                "text": {"type": "string", "minLength": 1},
                "text_url": _file("A text, instead of `text`"),
                "source": LANGUAGE,
                "target": LANGUAGE,
            },
            "target",
        ),
        "oneOf": [{"required": ["text"]}, {"required": ["text_url"]}],
    },
    _object({"text": TEXT, "language": LANGUAGE}, "text"),
    "Is this a good translation?",
    0.0,  # no translator says how sure it is: people are asked where a job wants that
    files=("/text_url",),
    params={"translate.source": "/source", "translate.target": "/target"},
)
_LABELS = {
    "type": "array",
    "minItems": 2,
    "maxItems": 200,
    "description": "Names, or objects with a name, a description and examples.",
    "items": {"type": ["string", "object"]},
}
_CLASSIFICATION = _program(
    ({"name": "classify", "engine": "text-labels", "params": {"labels": ["yes", "no"]}},),
    "pick",
    {
        **_object(
            {
                "text": {"type": "string", "minLength": 1},
                "text_url": _file("A text, instead of `text`"),
                "labels": _LABELS,
            },
            "labels",
        ),
        "oneOf": [{"required": ["text"]}, {"required": ["text_url"]}],
    },
    _object({"label": TEXT, "scores": {"type": "object"}}, "label"),
    "Is this the right label?",
    0.6,
    pick={"label": "/label", "scores": "/scores"},
    files=("/text_url",),
    params={"classify.labels": "/labels"},
)
_FACES = _program(
    ({"name": "look", "engine": "faces"},),
    "objects",
    _of_file("image_url", "A picture", {"min_confidence": {**_SHARE, "minimum": 0.1}}),
    _object(
        {
            "objects": {
                "type": "array",
                "items": _object({"type": TEXT, "box": _BOX}, "type", "box", closed=False),
            }
        },
        "objects",
    ),
    "Is every face in a box, and nothing else?",
    0.7,
    files=("/image_url",),
    params={"look.min_confidence": "/min_confidence"},
)
_LABELLING_ANSWER = _object(
    {
        "labels": {"type": "array", "items": TEXT, "default": []},
        "text": TEXT,
        "comment": TEXT,
    },
    "labels",
    closed=False,
)
_LABELLING = _program(
    (),
    "blank",
    {"type": "object", "minProperties": 1},
    _LABELLING_ANSWER,
    "Label this item: it is the input of the job.",
    1.0,
)

PROGRAMS: Mapping[str, tuple[str, PipelineDefinition, Program]] = MappingProxyType(
    {
        "document-extraction": (
            "The values of a taxonomy in a document, checked by people where it is unsure.",
            *_DOCUMENTS,
        ),
        "image-text": ("The text in a picture or scan.", *_IMAGE_TEXT),
        "transcription": ("What is said in a sound file or film, and when.", *_TRANSCRIPTION),
        "translation": ("A text in another language.", *_TRANSLATION),
        "text-classification": ("Which of some labels fits a text.", *_CLASSIFICATION),
        "image-faces": ("Where faces are in a picture.", *_FACES),
        "human-labelling": ("Any item, labelled by people in a form.", *_LABELLING),
    }
)
"""Description, definition and program, by name."""
