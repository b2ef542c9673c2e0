"""Names and kinds of the files that a job leaves behind."""

import mimetypes
from collections.abc import Mapping

from jobmill.core.jobs.model import JobGraph, Part, Task
from jobmill.dialects.aiware.mapping.ids import lasting_uuid
from jobmill_engine.manifest import Manifest

VTN = "vtn-standard"
_ENDINGS = {"application/json": ".json", "text/plain": ".txt", "audio/wav": ".wav"}


def part_name(task: Task, part: Part, manifest: Manifest | None) -> str:
    """The name of a part's file: its role, a UUID that is always its own, and an ending."""
    roles = {} if manifest is None else {port.name: port.role for port in manifest.ports}
    return file_name(
        roles.get(part.port) or part.port,
        f"{task.id}:{task.generation}:{part.port}:{part.number}",
        part.media_type,
    )


def document_name(task: Task, number: int) -> str:
    """The name of a document of a task."""
    return file_name(VTN, f"{task.id}:{task.generation}:document:{number}", "application/json")


def file_name(stem: str, place: str, media_type: str) -> str:
    """A file's name: `vtn-standard-<uuid>.json`."""
    kind = media_type.partition(";")[0].strip().lower()
    ending = _ENDINGS.get(kind) or mimetypes.guess_extension(kind) or ""
    return f"{stem}-{lasting_uuid('output', place)}{ending}"


def left_over(graph: JobGraph, task: Task, part: Part) -> bool:
    """Whether a part is a file of the job: there is something in it, and no task has read it."""
    if part.empty:
        return False
    return not any(route.source_port == part.port for route in graph.readers(task.name))


def role_of(part: Part, installed: Mapping[str, Manifest], task: Task) -> str | None:
    """What a part is to the job's recording."""
    manifest = installed.get(task.engine)
    if manifest is None:
        return None
    return next((port.role for port in manifest.ports if port.name == part.port), None)
