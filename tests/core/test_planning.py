"""From features or tasks to a graph, with every error naming the field that is wrong."""

from collections.abc import Mapping, Sequence
from graphlib import TopologicalSorter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobmill.core.errors import GraphInvalid, InvalidInput, UnknownEngine, UnknownFeature
from jobmill.core.pipelines import PipelineDefinition, plan_definition, plan_features, plan_graph
from tests.core.graphs import ListedEngines, engine

DELAY = {"type": "object", "properties": {"delay": {"type": "number", "minimum": 0}}}
SEGMENTS = {"properties": {"segments": {"type": "array"}}}
CATALOG = ListedEngines(
    [
        engine("scan", {"BLACK": DELAY, "SOUND": {}}, parameters=SEGMENTS, pool="media"),
        engine("faces", {"FACES": {}, "SOUND": {}}),
        engine("plain", parameters={"required": ["word"], "additionalProperties": False,
                                    "properties": {"word": {"type": "string"}}}),
    ]
)  # fmt: skip


def test_features_of_one_engine_share_one_task() -> None:
    plan = plan_features(["BLACK", "SOUND"], {}, CATALOG)
    (task,) = plan.tasks
    assert (task.engine, task.pool, task.features) == ("scan", "media", ("BLACK", "SOUND"))
    assert task.required, "a failure of the only task is the job's"
    assert not plan.routes


def test_each_engine_has_a_task_that_may_fail_alone() -> None:
    plan = plan_features(["BLACK", "FACES"], {}, CATALOG)
    assert [(task.engine, task.required) for task in plan.tasks] == [
        ("scan", False),
        ("faces", False),
    ]


def test_a_feature_asked_twice_is_done_once_by_the_first_engine_that_offers_it() -> None:
    plan = plan_features(["SOUND", "SOUND"], {}, CATALOG)
    assert [(task.engine, task.features) for task in plan.tasks] == [("scan", ("SOUND",))]


def test_parameters_reach_the_engine_of_their_feature_and_segments_reach_all() -> None:
    params = {"BLACK": {"delay": 2}, "segments": [1]}
    scan, faces = plan_features(["BLACK", "FACES"], params, CATALOG).tasks
    assert scan.parameters == {"segments": [1], "BLACK": {"delay": 2}}
    assert faces.parameters == {"segments": [1]}


@pytest.mark.parametrize(
    ("features", "params", "error", "field", "says"),
    [
        ([], {}, InvalidInput, "features", "at least one"),
        (["BLAKC"], {}, UnknownFeature, "features", "Did you mean 'BLACK'"),
        (["BLACK"], {"FACES": {}}, InvalidInput, "params.FACES", "not one of the job's features"),
        (["BLACK"], {"BLACK": 3}, InvalidInput, "params.BLACK", "give an object"),
        (["BLACK"], {"BLACK": {"delay": -1}}, InvalidInput, "params.BLACK.delay", "minimum"),
        (["BLACK"], {"segments": 3}, InvalidInput, "params.segments", "array"),
    ],
)
def test_a_wrong_request_for_features_names_its_field(
    features: list[str],
    params: Mapping[str, Any],
    error: type[InvalidInput],
    field: str,
    says: str,
) -> None:
    with pytest.raises(error, match=says) as refusal:
        plan_features(features, params, CATALOG)
    assert refusal.value.field == field


def test_an_explicit_graph_keeps_names_ports_and_parameters() -> None:
    plan = plan_graph(
        [
            {"name": "a", "engine": "plain", "params": {"word": "x"}, "max_retries": 2},
            {"name": "b.c", "features": ["BLACK"], "params": {"BLACK": {"delay": 1}}},
        ],
        [{"from": "a", "to": "b.c"}, {"from": "a.side", "to": "b.c.second"}],
        CATALOG,
    )
    a, b = plan.tasks
    assert (a.engine, a.parameters, a.max_retries, a.required) == ("plain", {"word": "x"}, 2, True)
    assert (b.engine, b.parameters) == ("scan", {"BLACK": {"delay": 1}})
    assert [(r.source, r.source_port, r.target, r.target_port) for r in plan.routes] == [
        ("a", "out", "b.c", "in"),
        ("a", "side", "b.c", "second"),
    ]


def word(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "engine": "plain", "params": {"word": name}, **more}


@pytest.mark.parametrize(
    ("tasks", "routes", "error", "field"),
    [
        ([], [], GraphInvalid, "tasks"),
        ([word(str(i)) for i in range(201)], [], GraphInvalid, "tasks"),
        ([word("a"), word("a")], [], GraphInvalid, "tasks.1.name"),
        ([word("a"), {"name": "b", "engine": "plian"}], [], UnknownEngine, "tasks.1.engine"),
        ([{"name": "b"}], [], UnknownEngine, "tasks.0.engine"),
        ([{"engine": "plain"}], [], InvalidInput, "tasks.0.params"),
        ([word("a", params={"word": 1})], [], InvalidInput, "tasks.0.params.word"),
        ([{"engine": "scan", "features": ["FACES"]}], [], GraphInvalid, "tasks.0.features"),
        ([word("a")], [{"from": "a", "to": "z"}], GraphInvalid, "routes.0.to"),
        ([word("a")], [{"to": "a"}], GraphInvalid, "routes.0.from"),
        ([word("a")], [{"from": "a", "to": "a"}], GraphInvalid, "routes"),
        (
            [word("a"), word("b"), word("c")],
            [{"from": "a", "to": "b"}, {"from": "b", "to": "c"}, {"from": "c", "to": "a"}],
            GraphInvalid,
            "routes",
        ),
    ],
)
def test_a_wrong_graph_names_its_field(
    tasks: Sequence[Mapping[str, Any]],
    routes: Sequence[Mapping[str, Any]],
    error: type[InvalidInput],
    field: str,
) -> None:
    with pytest.raises(error) as refusal:
        plan_graph(tasks, routes, CATALOG)
    assert refusal.value.field == field


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12))
def test_a_graph_is_taken_exactly_when_its_tasks_can_be_put_in_order(
    edges: list[tuple[int, int]],
) -> None:
    tasks = [word(str(i)) for i in range(6)]
    routes = [{"from": str(a), "to": str(b)} for a, b in edges]
    try:
        plan = plan_graph(tasks, routes, CATALOG)
    except GraphInvalid:
        assert _has_cycle(edges)
        return
    parents: dict[str, set[str]] = {}
    for route in plan.routes:
        parents.setdefault(route.target, set()).add(route.source)
    order = list(TopologicalSorter(parents).static_order())
    assert all(order.index(str(a)) < order.index(str(b)) for a, b in edges)


def _has_cycle(edges: list[tuple[int, int]]) -> bool:
    reach = set(edges)
    for _ in range(6):
        reach |= {(a, d) for a, b in reach for c, d in reach if b == c}
    return any(a == b for a, b in reach)


def test_a_jobs_own_parameters_go_over_the_pipelines() -> None:
    features = PipelineDefinition(features=("BLACK",), params={"BLACK": {"delay": 1}})
    assert plan_definition(features, {"BLACK": {"delay": 5}}, CATALOG).tasks[0].parameters == {
        "BLACK": {"delay": 5}
    }
    graph = PipelineDefinition(tasks=(word("a"), word("b")), routes=({"from": "a", "to": "b"},))
    plan = plan_definition(graph, {"b": {"word": "other"}}, CATALOG)
    assert [task.parameters for task in plan.tasks] == [{"word": "a"}, {"word": "other"}]
