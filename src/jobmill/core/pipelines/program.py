"""What makes a pipeline a program: typed input and output, files named in the input, the task that
answers, how long it may take, and who works on it. Records and their checks; knows no engine.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from jobmill.core.errors import InvalidInput
from jobmill.core.pipelines.pointers import checked_pointer
from jobmill.core.pipelines.review_spec import POLICY, review_spec
from jobmill.core.pipelines.schemas import SchemaCheck, SchemaProblem, checked_schema

CONFIDENCE = "confidence"
"""What an engine says of its own document; part of the output only where its schema names it."""
MOST_FILES = 20
MOST_PARAMS = 100
LONGEST_S = 10 * 366 * 24 * 3600.0
STANDARD = "standard"


@dataclass(frozen=True, slots=True)
class Program:
    """A job of such a pipeline has `input={"json": document}`, and one JSON document as output.

    `input_schema` and `output_schema` are JSON Schemas (draft 2020-12); `ui` holds hints for
    forms, kept as given. `files` are JSON pointers to values of the input that name a file: a
    `data://` path, an http(s) URL or an asset's id. The first is what the job works on; another is
    written `task:/pointer` and is the input of that task. `params` lays values of the input into
    tasks' parameters: `{"task.parameter": "/pointer"}`. `answer` is the task whose document is the
    output. `workers` are settings of all its reviews that do not say their own (`POLICY`).
    """

    input_schema: Mapping[str, Any] = field(default_factory=dict)
    output_schema: Mapping[str, Any] = field(default_factory=dict)
    ui: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    params: Mapping[str, str] = field(default_factory=dict)
    answer: str = ""
    expires_after_s: float | None = None
    retain_for_s: float | None = None
    callback_url: str | None = None
    callback_format: str = STANDARD
    workers: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """All of it, in the form in which it is stored."""
        return asdict(self)

    @property
    def file(self) -> str | None:
        """The pointer to the file that the job works on."""
        return next((each for each in self.files if each.startswith("/")), None)

    @property
    def task_files(self) -> Mapping[str, str]:
        """The pointers to files that single tasks work on, by task."""
        split = (each.partition(":") for each in self.files if not each.startswith("/"))
        return {task: pointer for task, _, pointer in split}

    def output_of(self, document: Any) -> tuple[Any, float | None]:
        """The output in the answer's document, and how sure its engine is of it (0..1)."""
        if not isinstance(document, Mapping):
            return document, None
        sure = _share(document.get(CONFIDENCE))
        if CONFIDENCE in self.output_schema.get("properties", {}):
            return document, sure
        return {key: value for key, value in document.items() if key != CONFIDENCE}, sure

    def output_problems(self, output: Any) -> tuple[SchemaProblem, ...]:
        """Where an output breaks its schema."""
        return SchemaCheck(self.output_schema).problems(output)

    def form(self) -> Mapping[str, Any] | None:
        """The form in which people answer, if a review has none of its own."""
        if not self.output_schema:
            return None
        properties = {CONFIDENCE: {}, **self.output_schema.get("properties", {})}
        return {**self.output_schema, "properties": properties}


def _share(said: Any) -> float | None:
    if isinstance(said, bool) or not isinstance(said, int | float) or not 0 <= said <= 1:
        return None
    return float(said)


def checked_program(said: Program, where: str = "program") -> Program:
    """A program whose parts are sound. Raises InvalidInput and its kin, naming the field.

    What it says of tasks is checked where these are known.
    """
    for name in ("input_schema", "output_schema"):
        checked_schema(getattr(said, name), f"{where}.{name}")
    _check_files(said.files, f"{where}.files")
    if len(said.params) > MOST_PARAMS:
        raise InvalidInput(f"{where}.params: {MOST_PARAMS} at most.", field=f"{where}.params")
    for key, pointer in said.params.items():
        task, _, parameter = key.rpartition(".")
        if not task or not parameter:
            raise InvalidInput(
                f"{where}.params: write task.parameter, not {key!r}.", field=f"{where}.params"
            )
        checked_pointer(pointer, f"{where}.params.{key}")
    for name in ("expires_after_s", "retain_for_s"):
        _check_seconds(getattr(said, name), f"{where}.{name}")
    _check_workers(said.workers, f"{where}.workers")
    return said


def _check_files(files: tuple[str, ...], where: str) -> None:
    if len(files) > MOST_FILES:
        raise InvalidInput(f"{where}: {MOST_FILES} at most.", field=where)
    tasks = []
    for i, each in enumerate(files):
        task, _, pointer = ("", "", each) if each.startswith("/") else each.partition(":")
        checked_pointer(pointer, f"{where}.{i}")
        if task in tasks:
            fix = "name the task of each further one, as 'task:/pointer'."
            raise InvalidInput(f"{where}.{i}: one file is the job's; {fix}", field=f"{where}.{i}")
        tasks.append(task)


def _check_seconds(seconds: float | None, where: str) -> None:
    if seconds is not None and not 0 < seconds <= LONGEST_S:
        raise InvalidInput(f"{where}: give seconds above 0, ten years at most.", field=where)


def _check_workers(workers: Mapping[str, Any], where: str) -> None:
    for key in workers:
        if key not in POLICY:
            raise InvalidInput(
                f"{where}.{key}: is not known; known here: {', '.join(POLICY)}.",
                field=f"{where}.{key}",
            )
    review_spec({"step": "any", **workers}, where)


def stored_program(said: Mapping[str, Any]) -> Program:
    """A program that was checked when it was written."""
    return Program(**{**said, "files": tuple(said["files"])})
