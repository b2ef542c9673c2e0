"""The files that a job or a task has left behind by now, and their bytes.

A job's are there when the task that writes them is done: those of its output writers, and what
other tasks found that no output writer has put together. A task's are there as they come.
"""

import json
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from jobmill.core.errors import PartNotFound, TooLarge
from jobmill.core.items import Blob
from jobmill.core.jobs.model import JobGraph, Part, Task
from jobmill.core.jobs.states import TaskState
from jobmill.dialects.aiware.edge.call import word_in
from jobmill.dialects.aiware.edge.mapping.outputs import (
    VTN,
    document_name,
    left_over,
    part_name,
    role_of,
)
from jobmill.dialects.aiware.graphql.call import Call
from jobmill.dialects.aiware.graphql.resolvers.results import engine_results
from jobmill.dialects.aiware.mapping.jobs import id_of
from jobmill.dialects.aiware.mapping.results import shown_in_results
from jobmill.http.house import House
from jobmill.http.ranges import Download, download_response
from jobmill.http.serving import blob_download

MOST_FILES = 10_000
MOST_IN_ENVELOPE = 16 * 2**20
JSON = "application/json"
FORMATS = ("raw", "envelope")


@dataclass(frozen=True, slots=True)
class Output:
    """One file: its bytes lie in a blob, or are here."""

    name: str
    size: int
    media_type: str
    created_at: datetime
    blob: Blob | None = None
    data: bytes = b""

    def shown(self) -> dict[str, Any]:
        """As the lists of outputs show it."""
        created = int(self.created_at.timestamp())
        return {"name": self.name, "size": self.size, "created": created}


def outputs_of_job(call: Call, graph: JobGraph) -> list[Output]:
    """The files of a job, of its tasks that are done."""
    every = {task.name for task in graph.tasks}
    wanted = [t for t in shown_in_results(graph, every) if t.state is TaskState.DONE]
    return list(_outputs(call, graph, wanted))


def outputs_of_task(call: Call, graph: JobGraph, task: Task) -> list[Output]:
    """The files of a task by now, those that another task reads too."""
    found = list(_parts(call, task, _all_parts(call, task)))
    if any(output.media_type == JSON for output in found):
        return found
    return found + list(_documents(call, graph, {task.name: task}))


def _outputs(call: Call, graph: JobGraph, wanted: Iterable[Task]) -> Iterator[Output]:
    installed, without = call.catalog.manifests(), dict[str, Task]()
    for task in wanted:
        parts = _all_parts(call, task)
        roles = {role_of(part, installed, task) for part in parts}
        files = [p for p in parts if role_of(p, installed, task) and left_over(graph, task, p)]
        yield from _parts(call, task, files)
        if VTN not in roles:
            without[task.name] = task
    if without:
        yield from _documents(call, graph, without)


def _all_parts(call: Call, task: Task) -> list[Part]:
    parts = call.work.parts.page(task.number, None, MOST_FILES)
    return [part for part in parts if not part.empty]


def _parts(call: Call, task: Task, parts: Iterable[Part]) -> Iterator[Output]:
    manifest = call.catalog.manifests().get(task.engine)
    for part in parts:
        name, at = part_name(task, part, manifest), task.ended_at or task.started_at or call.now
        if part.blob is not None:
            yield Output(name, part.size, part.media_type, at, part.blob)
        else:
            data = (part.document or "").encode()
            yield Output(name, len(data), part.media_type, at, data=data)


def _documents(call: Call, graph: JobGraph, tasks: dict[str, Task]) -> Iterator[Output]:
    """What tasks found as vtn-standard documents, made as the other face makes them."""
    numbers = dict.fromkeys(tasks, 0)
    for seen in engine_results(None, call, jobId=id_of(graph.job))["records"]:
        task = tasks.get(seen.task.name)
        if task is None:
            continue
        name = document_name(task, numbers[task.name])
        numbers[task.name] += 1
        data = json.dumps(seen.document, ensure_ascii=False, separators=(",", ":")).encode()
        yield Output(name, len(data), JSON, task.ended_at or call.now, data=data)


def named(outputs: Iterable[Output], name: str) -> Output:
    """The output of a name; an ending may be left out or written twice. Raises PartNotFound."""
    for output in outputs:
        if name in (output.name, output.name.removesuffix(".json"), f"{output.name}.json"):
            return output
    raise PartNotFound(f"There is no output {name!r} by now; the list of outputs has the names.")


def download_of(house: House, call: Call, output: Output) -> Download:
    """An output's bytes, to be served."""
    if output.blob is not None:
        return blob_download(
            house, call.who.organization, output.blob, output.media_type, output.name
        )

    async def read(start: int, end: int) -> AsyncIterator[bytes]:
        return _once(output.data[start:end])

    etag = sha256(output.data).hexdigest()
    return Download(output.size, output.media_type, output.name, etag, read)


async def output_answer(request: Request, call: Call, chosen: Output) -> Response:
    """The bytes of an output, or what the OpenAPI file has: an object that holds them."""
    if word_in(request, "format", FORMATS, FORMATS[0]) == "raw":
        return await download_response(request, download_of(call.house, call, chosen))
    contents = await contents_of(call.house, call, chosen)
    return JSONResponse({"output": {**chosen.shown(), "contents": contents, "contentsValid": True}})


async def contents_of(house: House, call: Call, output: Output) -> str:
    """An output's bytes as a text, for an envelope. Raises TooLarge."""
    if output.size > MOST_IN_ENVELOPE:
        raise TooLarge(f"{output.name} is larger than {MOST_IN_ENVELOPE} bytes; download it.")
    data = output.data
    if output.blob is not None:
        pieces = await house.blobs.read(call.who.organization, output.blob.sha256)
        data = b"".join([piece async for piece in pieces])
    return data.decode("utf-8", "replace")


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data
