"""What a task is, from its routes and its engine: the table of decision 0016, and its refusals."""

from dataclasses import replace
from typing import Any

import pytest

from jobmill.core.errors import GraphInvalid
from jobmill.core.pipelines import Mode, plan_graph
from tests.core.graphs import ListedEngines, engine

OFFERS = {
    "source": ("stream", "whole"),
    "any": ("whole", "stream", "chunk"),
    "whole": ("whole",),
    "stream": ("stream",),
    "chunk": ("chunk",),
    "pieces": ("chunk", "whole"),
}
CATALOG = ListedEngines([replace(engine(name), modes=modes) for name, modes in OFFERS.items()])


def graph(target: str, *modes: str | None, ports: tuple[str, ...] = (), **fields: Any) -> Any:
    """A task that as many sources feed as modes are given."""
    tasks = [{"name": f"s{i}", "engine": "source"} for i in range(len(modes))]
    routes = [
        {
            "from": f"s{i}",
            "to": f"t.{ports[i]}" if ports else "t",
            **({} if mode is None else {"mode": mode}),
        }
        for i, mode in enumerate(modes)
    ]
    return plan_graph([*tasks, {"name": "t", "engine": target, **fields}], routes, CATALOG)


@pytest.mark.parametrize(
    ("target", "modes", "expected"),
    [
        ("source", (), Mode.STREAM),
        ("whole", (), Mode.WHOLE),
        ("chunk", (), Mode.WHOLE),
        ("any", ("stream",), Mode.STREAM),
        ("any", (None,), Mode.CHUNK),
        ("any", ("chunk", "chunk"), Mode.WHOLE),
        ("pieces", ("stream",), Mode.WHOLE),
        ("pieces", ("chunk",), Mode.CHUNK),
        ("whole", ("stream",), Mode.WHOLE),
        ("whole", ("chunk", "stream"), Mode.WHOLE),
        ("stream", ("chunk",), Mode.STREAM),
        ("source", ("chunk",), Mode.WHOLE),
    ],
)
def test_the_mode_follows_from_routes_and_engine(
    target: str, modes: tuple[str | None, ...], expected: Mode
) -> None:
    assert graph(target, *modes).tasks[-1].mode is expected


@pytest.mark.parametrize(
    ("target", "modes", "field", "says"),
    [
        ("chunk", ("stream",), "tasks.1.engine", "put a chunker between"),
        ("chunk", ("chunk", "chunk"), "tasks.2.engine", "these come by one route"),
        ("any", ("stream", "stream"), "tasks.2.engine", "lead into the port 'in'"),
        ("any", ("sideways",), "routes.0.mode", "stream or chunk"),
    ],
)
def test_a_mix_that_makes_no_sense_is_refused(
    target: str, modes: tuple[str, ...], field: str, says: str
) -> None:
    with pytest.raises(GraphInvalid) as refusal:
        graph(target, *modes)
    assert refusal.value.field == field
    assert says in refusal.value.message


def test_two_streams_lead_into_ports_of_their_own() -> None:
    assert graph("stream", "stream", "stream", ports=("sound", "picture")).tasks[-1].mode == (
        Mode.STREAM
    )


def test_only_chunk_tasks_have_lanes() -> None:
    plan = graph("any", "chunk", max_engines=3)
    assert [(lane.name, lane.lane, lane.lane_of) for lane in plan.lanes] == [
        ("t#1", 1, "t"),
        ("t#2", 2, "t"),
    ]
    assert graph("any", "stream", max_engines=3).lanes == ()


def test_a_task_says_what_is_its_own() -> None:
    fields = {"priority": 3, "pool": "gpu", "input": {"json": 1}}
    (task,) = plan_graph([{"engine": "whole", **fields}], [], CATALOG, pool="other").tasks
    assert (task.priority, task.pool, task.input) == (3, "gpu", {"json": 1})
    (task,) = plan_graph([{"engine": "whole"}], [], CATALOG, pool="other").tasks
    assert (task.priority, task.pool, task.input) == (None, "other", None)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"max_engines": 65}, "tasks.1.max_engines"),
        ({"priority": 140}, "tasks.1.priority"),
        ({"input": {"json": 1}}, "tasks.1.input"),
        ({"input": {"json": 1, "url": "https://example.org"}}, "tasks.1.input"),
        ({"name": "t#1"}, "tasks.1.name"),
    ],
)
def test_what_a_task_says_is_checked(fields: dict[str, Any], field: str) -> None:
    task = {"name": "t", "engine": "any", **fields}
    routes = [{"from": "s", "to": task["name"]}]
    with pytest.raises(GraphInvalid) as refusal:
        plan_graph([{"name": "s", "engine": "source"}, task], routes, CATALOG)
    assert refusal.value.field == field
