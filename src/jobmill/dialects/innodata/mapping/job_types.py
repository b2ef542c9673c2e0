"""Job types: a pipeline each, with its steps, metadata fields and content types as the vendor names
them. What a field says goes to a parameter of one task."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobmill.core.pipelines import Pipeline, PipelineDefinition
from jobmill.dialects.innodata import schema as vendor
from jobmill.dialects.innodata.mapping.reading import wrong

JSON, XML, ANY = "application/json", "application/xml", "*/*"
TAXONOMY = "string"
"""The kind of the fields that name a taxonomy; no others are texts."""


@dataclass(frozen=True, slots=True)
class MetadataField:
    """A field that a job type reads, and the parameter (`task`, `parameter`) that it sets.

    `words` are the parameter's own for the field's values.
    """

    name: str
    kind: str
    task: str
    parameter: str
    description: str
    required: bool = False
    default: Any = None
    range: tuple[float, float] | None = None
    words: Mapping[Any, str] | None = None

    def document(self) -> dict[str, Any]:
        """As `/job-types` shows it."""
        shown = {"name": self.name, "type": self.kind, "description": self.description}
        return shown if self.required else {**shown, "default": self.default}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a content comes from: what tasks wrote to `port` (the first of them that has), or a
    `parameter` of a task. Others are assets of the job's item, in the content's role."""

    tasks: tuple[str, ...]
    port: str = "out"
    parameter: str | None = None


@dataclass(frozen=True, slots=True)
class ContentType:
    """A content that jobs of a type have, or come to have. `step`: the people who edit it.

    `held` is the role of the item's assets that it is, where that is not its own name.
    """

    role: str
    media_type: str
    description: str
    source: Source | None = None
    step: str | None = None
    held: str | None = None

    def document(self) -> dict[str, Any]:
        """As `/job-types` shows it."""
        shown = {"role": self.role, "type": self.media_type, "description": self.description}
        return shown if self.step is None else {**shown, "step": self.step}


@dataclass(frozen=True, slots=True)
class JobType:
    """What can stand in the field `type`."""

    id: str
    name: str
    description: str
    steps: tuple[str, ...]
    workflow: tuple[str, ...]
    fields: tuple[MetadataField, ...]
    contents: tuple[ContentType, ...]

    def content(self, role: str) -> ContentType | None:
        """The content of this role."""
        return next((each for each in self.contents if each.role == role), None)

    def edited_at(self, step: str) -> ContentType | None:
        """The content that people of a step edit."""
        return next((each for each in self.contents if each.step == step), None)

    def document(self) -> dict[str, Any]:
        """The answer of `GET job-types/{id}`."""
        return {
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "steps": list(self.steps),
            "workflow": list(self.workflow),
            "metadata": {
                "required": [each.document() for each in self.fields if each.required],
                "optional": [each.document() for each in self.fields if not each.required],
            },
            "contents": [each.document() for each in self.contents],
        }


_NAMES = {
    "data-point-extraction": "Data Point Extraction",
    "indexing": "Keyword Indexing",
    "doc2xml": "Document to XML",
    "pdf2xml": "PDF to XML",
}
_INPUT = ContentType(vendor.INPUT, ANY, "The document that the job works on.")
_OUTPUT = ContentType(vendor.OUTPUT, XML, "The document in Innodom XML.")
_ALWAYS = (
    ContentType("page-image", "image/png", "A picture of each page."),
    ContentType("text-json", JSON, "Pages, lines and words.", Source(("read",))),
)
_MORE_OUTPUT = (
    ContentType("innodom-xml", XML, "The same bytes as the output.", held=vendor.OUTPUT),
    ContentType("output-json", JSON, "The output as JSON."),
)
_TEXT_FIELDS = (
    MetadataField(
        vendor.OCR, "boolean", "read", "ocr",
        "Read every page by OCR; without, only those that have no text.",
        default=False, words={True: "always", False: "needed"},
    ),
    MetadataField(
        vendor.IMAGE_HEIGHT, "integer", "read", "page_image_height",
        "Height of page images, in pixels.",
        default=vendor.DEFAULT_IMAGE_HEIGHT, range=vendor.IMAGE_HEIGHTS,
    ),
)  # fmt: skip


def job_type_of(pipeline: Pipeline) -> JobType:
    """The job type that a pipeline is: one of the vendor's, or the organization's own."""
    definition = pipeline.definition
    people = people_of(definition)
    steps = tuple(people.values())
    workflow = tuple(str(task.get("name") or task.get("engine")) for task in definition.tasks)
    extracting = _taxonomy_task(workflow) if pipeline.name in _NAMES else None
    document = "read" in workflow and pipeline.name in _NAMES
    return JobType(
        id=pipeline.name,
        name=_NAMES.get(pipeline.name, pipeline.name),
        description=pipeline.description,
        steps=steps,
        workflow=workflow or definition.features,
        fields=(
            *(_taxonomy_fields(*extracting) if extracting else ()),
            *(_threshold(task, step) for task, step in people.items()),
            *(_TEXT_FIELDS if document else ()),
        ),
        contents=(
            _INPUT,
            *(_contents(extracting) if document else _looked_at(definition, people)),
            _OUTPUT,
        ),
    )


def bare_type(name: str) -> JobType:
    """The type of a job that was not made from a pipeline."""
    return JobType(name, name, "", (), (), (), (_INPUT, _OUTPUT))


def people_of(definition: PipelineDefinition) -> dict[str, str]:
    """The review tasks of a pipeline: name and step."""
    found = {}
    for task in definition.tasks:
        review = task.get("review")
        if isinstance(review, Mapping):
            found[str(task.get("name") or review.get("step"))] = str(review.get("step"))
    return found


def _looked_at(definition: PipelineDefinition, people: Mapping[str, str]) -> Iterator[ContentType]:
    """What people of a pipeline of one's own edit: the document that leads into their step."""
    for task, step in people.items():
        before = [
            str(route.get("from")).partition(".")[0]
            for route in definition.routes
            if str(route.get("to")).partition(".")[0] == task
        ]
        yield ContentType(
            f"{step.lower()}-json", JSON, "What the step is about.", Source((task, *before)), step
        )


def params_of(
    job_type: JobType, settings: Mapping[str, Any]
) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """Parameters by task, and taxonomies that are yet to be found: field and what was said of it.

    Raises InvalidInput for a field that is missing or wrong.
    """
    params: dict[str, dict[str, Any]] = {}
    taxonomies: dict[str, Any] = {}
    for each in job_type.fields:
        value = settings.get(each.name.lower())
        if value is None:
            if each.required:
                told = f"jobs of type {job_type.id!r} need it: {each.description}"
                raise wrong(each.name, told.removesuffix("."))
            continue
        if each.kind == TAXONOMY:
            taxonomies[each.name] = value
        else:
            params.setdefault(each.task, {})[each.parameter] = _checked(each, value)
    return params, taxonomies


def _checked(field: MetadataField, value: Any) -> Any:
    if field.kind == "boolean":
        if not isinstance(value, bool):
            raise wrong(field.name, "give true or false")
        return value if field.words is None else field.words[value]
    low, high = field.range or (float("-inf"), float("inf"))
    whole = field.kind == "integer"
    number = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    if not number or not low <= value <= high:
        what = "a whole number" if whole else "a number"
        upto = f" from {low:g} to {high:g}" if high < float("inf") else f" from {low:g}"
        raise wrong(field.name, f"give {what}{upto}")
    return value


def _taxonomy_task(workflow: Sequence[str]) -> tuple[str, str] | None:
    """The task that looks for what a taxonomy names, and the step of its people."""
    for task, step in (("points", vendor.MAPPING), ("terms", vendor.INDEXING)):
        if task in workflow:
            return task, step
    return None


def _taxonomy_fields(task: str, step: str) -> tuple[MetadataField, ...]:
    what = "data points" if task == "points" else "keywords"
    return (
        MetadataField(
            vendor.TAXONOMY.format(step=step), TAXONOMY, task, "taxonomy",
            f"The taxonomy of {what}: the name, the id or the contents_uri of a JSON document.",
            required=True,
        ),
    )  # fmt: skip


def _threshold(task: str, step: str) -> MetadataField:
    return MetadataField(
        vendor.THRESHOLD.format(step=step), "number", task, "threshold",
        "People look at documents less sure than this: 1 always, 0 never.",
        default=vendor.DEFAULT_THRESHOLD, range=(0, float("inf")),
    )  # fmt: skip


def _contents(extracting: tuple[str, str] | None) -> tuple[ContentType, ...]:
    zones = Source((vendor.ZONING, "zones"))
    zoning = ContentType(
        "zoning-json", JSON, "Texts, tables and images in reading order.", zones, vendor.ZONING
    )
    if extracting is None:
        zoning = ContentType(zoning.role, JSON, zoning.description, zones)
        return (*_ALWAYS, zoning, *_MORE_OUTPUT)
    task, step = extracting
    return (
        ContentType(
            vendor.TAXONOMY_ROLE.format(step=step), JSON, "The taxonomy that the job uses.",
            Source((task,), parameter="taxonomy"),
        ),
        *_ALWAYS,
        zoning,
        ContentType(f"{step}-json", JSON, "What was found, as people left it.",
                    Source((step, task)), step),
        *_MORE_OUTPUT,
    )  # fmt: skip
