"""Lanes of a chunk task whose job is cancelled while they work."""

from dataclasses import replace

from jobmill.core.jobs import JobState, TaskState, lanes, machine
from jobmill.core.jobs.flow import Flow
from jobmill.core.jobs.model import JobGraph
from jobmill.core.pipelines import Mode
from tests.core.graphs import after, graph, task, token


def at_work() -> JobGraph:
    """A source that still writes, and a chunk task both of whose lanes have a chunk in hand."""
    reading = {"mode": Mode.CHUNK, "flow": Flow(taken=1)}
    whole = graph(
        task("source", TaskState.RUNNING, token=token("s")),
        task("each", TaskState.RUNNING, token=token("a"), **reading),
        routes=[("source", "each")],
    )
    lane = task("each#1", TaskState.RUNNING, token=token("b"), lane=1, lane_of="each", **reading)
    return replace(whole, lanes=(lane,))


def test_a_lane_that_ends_its_chunks_after_a_cancel_does_not_wait_for_more() -> None:
    cancelled = machine.cancel(at_work(), after(1)).graph
    assert cancelled.job.state is JobState.CANCELLING
    each, lane = cancelled.named("each"), cancelled.lanes[0]
    once = lanes.batch_done(cancelled, each, 0.1, 1, after(2)).graph
    assert once.named("each").state is TaskState.CANCELLED
    twice = lanes.batch_done(once, once.task(lane.number), 0.1, 1, after(3)).graph
    assert twice.lanes[0].state is TaskState.CANCELLED
    source = twice.named("source")
    assert source.token is not None
    ended = machine.settle_cancelled(twice, source.number, source.token, after(4)).graph
    assert ended.job.state is JobState.CANCELLED
