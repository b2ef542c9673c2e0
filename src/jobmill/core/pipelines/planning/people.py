"""The tasks of a graph that ask people: what they are made of, and where they may stand. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from jobmill.core.errors import GraphInvalid
from jobmill.core.pipelines.planning.plan import Mode, PlannedRoute, PlannedTask
from jobmill.core.pipelines.review_spec import REVIEW, review_spec

ALLOWED = ("name", "review", "params")
USUAL: Mapping[str, Any] = {
    "features": (),
    "max_retries": 0,
    "max_engines": 1,
    "wait_for_parents": False,
}
"""What a transport may say of every task although nobody asked for it."""
OUT, IN = "out", "in"


def review_task(task: Mapping[str, Any], where: str) -> PlannedTask:
    """A task that asks people. Raises GraphInvalid, naming the field."""
    for key, value in task.items():
        if key in ALLOWED or value is None:
            continue
        if key not in USUAL or (tuple(value) if key == "features" else value) != USUAL[key]:
            raise GraphInvalid(
                f"{where}.{key}: a review has none: nothing runs.", field=f"{where}.{key}"
            )
    said = task["review"]
    params = task.get("params") or {}
    if isinstance(said, Mapping) and isinstance(params, Mapping):
        said = {**said, **params}
    spec = review_spec(said, f"{where}.review")
    return PlannedTask(
        name=str(task.get("name") or spec.step), engine=REVIEW, pool=REVIEW, review=spec
    )


def check_reviews(tasks: Sequence[PlannedTask], routes: Sequence[PlannedRoute]) -> None:
    """A review reads one document, by one route, and hands it on by one port."""
    for i, task in enumerate(tasks):
        if task.review is None:
            continue
        where = f"tasks.{i}.review"
        leading = [route for route in routes if route.target == task.name]
        if len(leading) != 1 or leading[0].target_port != IN:
            raise GraphInvalid(
                f"{where}: exactly one route must lead into a review, to its port 'in'.",
                field=where,
            )
        for route in (leading[0], *(each for each in routes if each.source == task.name)):
            if route.mode is not Mode.CHUNK:
                raise GraphInvalid(
                    f"{where}: its routes carry a document; leave their mode out.", field=where
                )
        if any(each.source == task.name and each.source_port != OUT for each in routes):
            raise GraphInvalid(f"{where}: a review hands on by the port 'out'.", field=where)


def check_one_document(tasks: Sequence[PlannedTask], routes: Sequence[PlannedRoute]) -> None:
    """What works chunk by chunk leaves many documents, and nobody could say which is meant."""
    modes = {task.name: task.mode for task in tasks}
    for i, task in enumerate(tasks):
        for route in routes if task.review is not None else ():
            if route.target == task.name and modes[route.source] is Mode.CHUNK:
                raise GraphInvalid(
                    f"tasks.{i}.review: {route.source!r} works chunk by chunk and leaves many "
                    "documents; put an engine between that makes one of them.",
                    field=f"tasks.{i}.review",
                )
