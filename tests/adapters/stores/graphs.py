"""What every GraphStore must do."""

from dataclasses import replace
from datetime import timedelta

from jobmill.core.ids import TaskNumber
from jobmill.core.items import AssetSource, AssetState, Blob
from jobmill.core.jobs.flow import EMPTY, Flow
from jobmill.core.jobs.model import JobGraph, Part, Route, Task
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.states import Hold, TaskState
from jobmill.core.pipelines import Mode, Plan
from jobmill.core.results import Provenance, Result
from tests.adapters.stores.seeds import add_job, planned, settle, take
from tests.core.graphs import NOW, after

AWAITING = Flow(awaits={"in": "chunk"})


def whole(work: UnitOfWork, graph: JobGraph) -> JobGraph:
    found = work.jobs.graph(graph.job.number)
    assert found is not None
    return found


def with_lane(work: UnitOfWork, graph: JobGraph) -> list[Task]:
    """A task `b` that awaits a route, with a further lane."""
    b = planned("b", mode=Mode.CHUNK, max_retries=2, parameters={"p": 1})
    lane = planned("b#1", mode=Mode.CHUNK, lane=1, lane_of="b", max_retries=2, parameters={"p": 1})
    plan = Plan((b,), lanes=(lane,))
    return list(work.jobs.add_task(graph.job, plan, AWAITING, None, after(5)))


class GraphStoreConformance:
    """The suite."""

    def test_a_task_that_is_added_is_read_back_as_it_was_answered(self, work: UnitOfWork) -> None:
        graph = add_job(work, "a", priority=7, due=NOW + timedelta(days=1))
        b, lane = with_lane(work, graph)
        found = whole(work, graph)
        assert found.tasks == (*graph.tasks, b)
        assert found.lanes == (lane,)
        assert (b.state, b.flow, b.priority) == (TaskState.WAITING, AWAITING, 7)
        assert (lane.lane_of, lane.flow, b.max_retries, b.parameters) == ("b", EMPTY, 2, {"p": 1})
        assert work.jobs.number_of_task(graph.job.organization, b.id) == graph.job.number

    def test_a_task_that_is_added_later_is_of_the_jobs_generation(self, work: UnitOfWork) -> None:
        graph = add_job(work, "a", hold=Hold.PARKED)
        again = replace(graph.job, generation=3)
        (b,) = work.jobs.add_task(again, Plan((planned("b"),)), EMPTY, None, NOW)
        assert b.generation == 3
        assert whole(work, graph).named("b") == b

    def test_a_route_is_one_of_the_graph(self, work: UnitOfWork) -> None:
        graph = add_job(work, "a")
        with_lane(work, graph)
        route = Route("a", "out", "b", "in", Mode.CHUNK)
        work.jobs.add_route(graph.job.number, route)
        assert whole(work, graph).routes == (route,)

    def test_a_task_goes_with_its_routes_and_all_it_left(self, work: UnitOfWork) -> None:
        graph = add_job(work, "a", "b", routes=[("a", "b")])
        settle(work, graph, take(work, graph))
        token = take(work, whole(work, graph), "b")
        number, generation = graph.named("b").number, 1
        part = Part("out", 0, None, 2, "application/json", {}, "{}")
        work.parts.add(number, generation, [part], graph.job.organization)
        found = Result("b", None, {"n": 1}, Provenance("noop", "1", {}))
        work.results.add(graph.job.number, number, generation, [found], NOW)
        work.attempts.close(token, "done", None, NOW, NOW)
        unused = work.jobs.remove_task(number)
        assert list(unused) == []
        left = whole(work, graph)
        assert ([task.name for task in left.tasks], left.routes) == (["a"], ())
        assert work.parts.of_task(number) == []
        assert work.results.of_job(graph.job.number) == []
        assert [each.task for each in work.attempts.of_job(graph.job.number)] == ["a"]

    def test_bytes_that_only_the_task_had_are_unused(self, work: UnitOfWork) -> None:
        graph = add_job(work, "a", "b")
        number, sha256 = graph.named("b").number, "ab" * 32
        part = Part("out", 0, sha256, 9, "text/plain")
        work.parts.add(number, 1, [part], graph.job.organization)
        assert list(work.jobs.remove_task(number)) == [Blob(sha256, 9)]

    def test_a_task_is_given_its_own_input(self, work: UnitOfWork) -> None:
        graph = add_job(work, "a", "b")
        number: TaskNumber = graph.named("b").number
        upload = (AssetSource.UPLOAD, AssetState.READY, NOW)
        asset = work.assets.add(graph.job.organization, "x", "text/plain", *upload)
        work.jobs.give_input(number, {"asset": asset.id}, asset.number)
        b = whole(work, graph).named("b")
        assert (b.input, b.asset) == ({"asset": asset.id}, asset.number)
        assert whole(work, graph).named("a").input is None
