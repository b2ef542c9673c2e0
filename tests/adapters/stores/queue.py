"""What every TaskQueue must do: ready tasks by priority and age, within pools and room."""

import pytest

from jobmill.core.engines import FailureClass
from jobmill.core.ids import TaskNumber
from jobmill.core.jobs import machine
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.apply import apply_change
from tests.adapters.stores.seeds import add_job, planned, settle, take
from tests.core.graphs import NOW, after, failed


def taken(work: UnitOfWork, *, at: float = 0, limit: int = 99, **where: object) -> list[TaskNumber]:
    pools = where.get("pools")
    room = where.get("room", {})
    first = work.queue.take(pools, room, 1, after(at))  # type: ignore[arg-type]
    found = work.queue.take(pools, room, limit, after(at))  # type: ignore[arg-type]
    assert first == found[:1], "a look for one finds the first of a look for many"
    for job, number in found:
        graph = work.jobs.graph(job)
        assert graph
        assert number in {task.number for task in graph.tasks}
    return [number for _, number in found]


def handed(work: UnitOfWork, *args: object, **fields: object) -> TaskNumber:
    graph: JobGraph = add_job(work, *args, **fields)  # type: ignore[arg-type]
    work.queue.hand_over(graph)
    return graph.tasks[0].number


class TaskQueueConformance:
    """The suite. Looking takes nothing away; only a claim does."""

    def test_nothing_handed_over_is_nothing_to_take(self, work: UnitOfWork) -> None:
        assert taken(work) == []
        assert work.queue.next_due(NOW) is None

    def test_lower_priorities_and_older_tasks_come_first(self, work: UnitOfWork) -> None:
        late = handed(work, at=after(5))
        early = handed(work, at=after(1))
        urgent = handed(work, at=after(9), priority=0)
        lazy = handed(work, at=after(0), priority=139)
        assert taken(work, at=10) == [urgent, early, late, lazy]
        assert taken(work, at=10, limit=2) == [urgent, early]

    def test_tasks_of_one_moment_come_in_the_order_of_their_numbers(self, work: UnitOfWork) -> None:
        numbers = [handed(work) for _ in range(5)]
        assert taken(work) == numbers

    def test_a_task_behind_a_parent_comes_when_the_parent_is_done(self, work: UnitOfWork) -> None:
        graph = add_job(work, "a", "b", routes=[("a", "b")])
        a, b = (task.number for task in graph.tasks)
        assert taken(work) == [a]
        token = take(work, graph)
        assert taken(work) == []
        settle(work, graph, token)
        assert taken(work) == [b]

    def test_a_worker_takes_from_its_pools_alone(self, work: UnitOfWork) -> None:
        cpu, gpu = handed(work), handed(work, planned("a", pool="gpu"))
        assert taken(work, pools=["cpu"]) == [cpu]
        assert taken(work, pools=["gpu", "tpu"]) == [gpu]
        assert taken(work, pools=["gpu", "cpu"]) == [cpu, gpu]
        assert taken(work, pools=[]) == []
        assert taken(work) == [cpu, gpu]

    @pytest.mark.parametrize("left", [0, 1, 2])
    def test_an_engine_without_room_does_not_hide_what_stands_behind_it(
        self, work: UnitOfWork, left: int
    ) -> None:
        narrow = [handed(work, planned("a", engine="narrow")) for _ in range(4)]
        wide = [handed(work, planned("a", engine="wide")) for _ in range(3)]
        found = taken(work, limit=4, room={"narrow": left})
        assert found == [*narrow[:left], *wide][:4]

    def test_room_below_nothing_is_no_room(self, work: UnitOfWork) -> None:
        handed(work, planned("a", engine="narrow"))
        assert taken(work, room={"narrow": -1}) == []

    def test_a_task_that_waits_for_its_next_try_is_taken_when_it_is_due(
        self, work: UnitOfWork
    ) -> None:
        graph = add_job(work, planned("a", max_retries=1))
        token, number = take(work, graph), graph.tasks[0].number
        running = work.jobs.lock(graph.job.number)
        assert running
        failure = failed(FailureClass.ENGINE)
        change = machine.settle_failed(running, number, token, failure, 1.0, NOW)
        apply_change(work, change, NOW)
        assert work.queue.next_due(NOW) == after(1)
        assert taken(work, at=0.5) == []
        assert taken(work, at=1) == [number]
        assert work.queue.next_due(after(1)) is None

    def test_a_cancelled_job_leaves_nothing_to_take(self, work: UnitOfWork) -> None:
        graph = add_job(work, "a", "b")
        apply_change(work, machine.cancel(graph, NOW), NOW)
        assert taken(work) == []
