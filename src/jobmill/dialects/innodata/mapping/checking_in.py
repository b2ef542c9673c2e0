"""What people send when they end a step, or send a job back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jobmill.core.jobs.model import JobGraph
from jobmill.dialects.innodata.mapping.reading import Fields, objects_of, wrong


@dataclass(frozen=True, slots=True)
class CheckIn:
    """The body of a check-in: at most one of a document and the address of one."""

    document: Any = None
    role: str | None = None
    uri: str | None = None
    comment: str = ""
    step: str | None = None


def read_check_in(body: Fields) -> CheckIn:
    """Read a body. Raises InvalidInput."""
    document, comment, step = body.take("document"), body.text("comment", ""), body.text("step")
    contents = list(objects_of(body.take("contents"), "contents"))
    for name in body.rest():
        raise wrong(name, "a check-in has document, contents, comment and step")
    if len(contents) > 1 or (contents and document is not None):
        raise wrong("contents", "give one document: the one that the step is about")
    role, uri = None, None
    for each in contents:
        role, uri = each.text("role"), each.text("uri") or each.text("id")
        document = each.take("document")
        if (uri is None) == (document is None):
            raise wrong("contents.0.uri", "give the contents_uri of an uploaded JSON document")
    if document is not None and not isinstance(document, Mapping):
        raise wrong("document", "give a JSON object")
    return CheckIn(document, role and role.strip().lower(), uri, comment or "", step)


def rewind_to(graph: JobGraph, step: str | None, at: str | None) -> str:
    """The task that a job goes back to: of a step's people, or a task by its own name. Without a
    step the one before `at`, and of an ended job its last step. Raises InvalidInput."""
    people = {task.name: task.review.step for task in graph.tasks if task.review is not None}
    if step is not None:
        wanted = step.strip().lower()
        names = [name for name, own in people.items() if own.lower() == wanted]
        names += [task.name for task in graph.tasks if task.name.lower() == wanted]
        if not names:
            known = ", ".join([*people.values()] or [task.name for task in graph.tasks])
            raise wrong("step", f"the job has no step {step!r}; it has {known}")
        return names[0]
    if at is None:
        return [graph.tasks[0].name, *people][-1]
    before = [name for name in people if name != at and _leads_to(graph, name, at)]
    return before[-1] if before else next(iter(graph.parents(at)))


def _leads_to(graph: JobGraph, source: str, target: str) -> bool:
    ahead, seen = [source], set()
    while ahead:
        name = ahead.pop()
        if name == target:
            return True
        if name not in seen:
            seen.add(name)
            ahead += graph.children(name)
    return False
