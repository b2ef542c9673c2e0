"""A task's document as a part, for a route that was added when the task had begun.

An attempt hands its document on only if somebody read it when it was taken.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from jobmill.core.jobs.flow import OUT
from jobmill.core.jobs.model import JobGraph, Part, Task
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.parts import confidence_in
from jobmill.core.jobs.service.working import Finish
from jobmill.core.pipelines import Mode

_COMPACT = json.JSONEncoder(separators=(",", ":"))


def document_part(document: Mapping[str, Any]) -> Part:
    """A document as the one part on `out`."""
    text, meta = _COMPACT.encode(document), confidence_in(document)
    return Part(OUT, 0, None, len(text.encode()), "application/json", meta, text)


def handed_on(graph: JobGraph, task: Task, finish: Finish) -> Finish:
    """The end of an attempt with its document as a part, if somebody reads it by now."""
    read = any(route.source_port == OUT for route in graph.readers(task.name))
    if not finish.unread or not read or task.flow.held(OUT):
        return finish
    if any(part.port == OUT for part in (*finish.notes.parts, *finish.parts)):
        return finish
    return replace(finish, parts=(*finish.parts, document_part(finish.done.document)))


def kept_document(work: UnitOfWork, graph: JobGraph, task: Task) -> Part | None:
    """What a task found that is done, as a part; None for one that was split by features."""
    if task.mode is Mode.CHUNK or task.features:
        return None
    found = [each for each in work.results.of_job(graph.job.number) if each.task == task.name]
    return document_part(found[-1].document) if found else None
