"""The contents of a job: its input, what is on the way, its output, by the vendor's roles."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from jobmill.core.ids import JobId
from jobmill.core.items import Asset, HeldAsset
from jobmill.core.jobs.model import JobGraph, Part
from jobmill.core.jobs.states import JobState
from jobmill.dialects.innodata import schema as vendor
from jobmill.dialects.innodata.mapping.job_types import JSON, ContentType, JobType, Source


@dataclass(frozen=True, slots=True)
class Content:
    """One content, with where its bytes are: an asset, a part of a task, or a document at hand.

    `number` counts those of one role from 1. With a `review` it is what people look at now, as it
    stands for who asks.
    """

    role: str
    number: int
    name: str
    media_type: str
    size: int | None
    asset: Asset | None = None
    part: Part | None = None
    document: Any = None
    review: str | None = None


@dataclass(frozen=True, slots=True)
class Stock:
    """What there is of a job: its input, the assets of its item, parts of its tasks by name, and
    its open reviews by step."""

    input: Asset | None = None
    held: Sequence[HeldAsset] = ()
    parts: Mapping[str, Sequence[Part]] = field(default_factory=dict)
    reviews: Mapping[str, str] = field(default_factory=dict)


def source_tasks(job_type: JobType) -> set[str]:
    """The tasks whose parts are contents."""
    sources = (each.source for each in job_type.contents)
    return {task for source in sources if source and not source.parameter for task in source.tasks}


def contents_of(graph: JobGraph, job_type: JobType, stock: Stock) -> list[Content]:
    """All contents that are there now; an output only when the job is completed."""
    found: list[Content] = []
    known = set()
    for kind in job_type.contents:
        known.add(kind.held or kind.role)
        found += _of_kind(graph, kind, stock)
    for role in dict.fromkeys(held.role for held in stock.held if held.role not in known):
        found += _held(graph, ContentType(role, "", ""), role, stock)
    done = graph.job.state is JobState.COMPLETED
    return [each for each in found if done or each.role != vendor.OUTPUT]


def content_uri(base: str, job: JobId, content: Content) -> str:
    """Where a content is fetched: of the input what the job began with, not what the document has
    become since."""
    more = "" if content.number == 1 else f"/{content.number}"
    return f"{base}/jobs/{job}/contents/{quote(content.role)}{more}"


def content_document(base: str, job: JobId, content: Content) -> dict[str, Any]:
    """A content as a job shows it; the input with the document's id."""
    about = content.asset if content.role == vendor.INPUT else None
    return {
        **({} if about is None else {"id": about.handle}),
        "role": content.role,
        "name": content.name,
        "type": content.media_type,
        "size": content.size,
        "uri": content_uri(base, job, content),
    }


def _of_kind(graph: JobGraph, kind: ContentType, stock: Stock) -> Iterator[Content]:
    if kind.role == vendor.INPUT:
        if stock.input is not None:
            yield _of_asset(kind.role, 1, stock.input)
    elif kind.source is None:
        yield from _held(graph, kind, kind.held or kind.role, stock)
    elif kind.source.parameter is not None:
        yield from _parameter(graph, kind, kind.source.tasks, kind.source.parameter)
    else:
        yield from _part(kind, kind.source, stock)


def _part(kind: ContentType, source: Source, stock: Stock) -> Iterator[Content]:
    """The document of the first task that has one: people's before the machine's."""
    review = stock.reviews.get(kind.step or "")
    for task in source.tasks:
        for part in stock.parts.get(task, ()):
            if part.port == source.port and not part.empty:
                size = None if review else part.size
                name = f"{kind.role}.json"
                yield Content(kind.role, 1, name, part.media_type, size, part=part, review=review)
                return


def _parameter(
    graph: JobGraph, kind: ContentType, tasks: Sequence[str], parameter: str
) -> Iterator[Content]:
    for task in graph.tasks:
        if task.name in tasks and parameter in task.parameters:
            document = task.parameters[parameter]
            yield Content(kind.role, 1, f"{kind.role}.json", JSON, None, document=document)


def _held(graph: JobGraph, kind: ContentType, role: str, stock: Stock) -> Iterator[Content]:
    """Assets in a role; of what a task wrote again, the last."""
    tasks = {task.number for task in (*graph.tasks, *graph.lanes)}
    places: dict[tuple[Any, ...], Asset] = {}
    for held in stock.held:
        if held.role != role or (held.task is not None and held.task not in tasks):
            continue
        own = held.number if held.task is None else held.extras.get("part")
        places[held.task, held.extras.get("port"), own] = held.asset
    for number, asset in enumerate(places.values(), 1):
        yield _of_asset(kind.role, number, asset)


def _of_asset(role: str, number: int, asset: Asset) -> Content:
    size = asset.facts.size if asset.facts else None
    return Content(role, number, asset.name, asset.media_type, size, asset=asset)
