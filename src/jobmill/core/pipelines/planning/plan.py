"""What planning makes: tasks that can run, the routes between them, and their lanes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from jobmill.core.pipelines.review_spec import ReviewSpec
from jobmill.core.results import Alarm

LANE_MARK = "#"
"""Between a task's name and the number of a lane of it. No task's own name may hold it."""


class Mode(StrEnum):
    """How a task works (all its inputs at once, as they come, part by part), and what a route
    carries (`stream` or `chunk`)."""

    WHOLE = "whole"
    STREAM = "stream"
    CHUNK = "chunk"


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """One node to be run. If not `required`, its failure is but a warning beside a success.

    `lane_of` names the task of which it is a further lane. Without a `priority` it has the job's;
    with an `input` it works on that instead of the job's. With a `review` no engine works on it:
    people answer.
    """

    name: str
    engine: str
    pool: str
    features: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    required: bool = True
    max_retries: int = 0
    mode: Mode = Mode.WHOLE
    wait_for_parents: bool = False
    priority: int | None = None
    input: Mapping[str, Any] | None = None
    lane: int = 0
    lane_of: str | None = None
    review: ReviewSpec | None = None


@dataclass(frozen=True, slots=True)
class PlannedRoute:
    """An output port of one task joined to an input port of another."""

    source: str
    source_port: str
    target: str
    target_port: str
    mode: Mode = Mode.CHUNK


@dataclass(frozen=True, slots=True)
class Plan:
    """A graph that can run: names unique, engines installed, parameters valid, no cycle.

    `lanes` are the further lanes of tasks that work chunk by chunk.
    """

    tasks: tuple[PlannedTask, ...]
    routes: tuple[PlannedRoute, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    lanes: tuple[PlannedTask, ...] = ()
