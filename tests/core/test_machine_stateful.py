"""Random graphs under random commands: whatever happens, DESIGN's invariants hold."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from jobmill.core.engines import FailureClass, Progress
from jobmill.core.events import EventType
from jobmill.core.ids import RunToken, TaskNumber, new_token
from jobmill.core.jobs import machine
from jobmill.core.jobs.machine import Change, StaleAttempt
from jobmill.core.jobs.model import JobGraph, Task
from jobmill.core.jobs.progress import job_percent, merge_progress
from jobmill.core.jobs.states import (
    ACTIVE_TASKS,
    ENDED_JOBS,
    ENDED_TASKS,
    Hold,
    JobState,
    TaskState,
    job_state,
)
from tests.core.graphs import NOW, WORKER, failed, graph, task

NAMES = "abcdef"
ENDS = {
    JobState.COMPLETED: EventType.JOB_COMPLETED,
    JobState.FAILED: EventType.JOB_FAILED,
    JobState.CANCELLED: EventType.JOB_CANCELLED,
    JobState.EXPIRED: EventType.JOB_EXPIRED,
}


class JobLife(RuleBasedStateMachine):
    """One job, driven by a worker, a user and misfortune."""

    job: JobGraph
    now: datetime = NOW

    @initialize(
        size=st.integers(1, 6),
        edges=st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=10),
        optional=st.sets(st.integers(0, 5)),
        retries=st.integers(0, 3),
    )
    def submit(
        self, size: int, edges: set[tuple[int, int]], optional: set[int], retries: int
    ) -> None:
        # Edges from lower to higher only: any acyclic graph, up to the names of its tasks.
        routes = [(NAMES[a], NAMES[b]) for a, b in edges if a < b < size]
        tasks = [
            task(NAMES[i], required=i not in optional, max_retries=retries) for i in range(size)
        ]
        self.job = graph(*tasks, routes=routes)
        self.live: dict[TaskNumber, RunToken] = {}
        self.stale: set[tuple[TaskNumber, RunToken]] = set()
        self.shown = 0
        self.generation = 1
        self.hold: Hold | None = None
        self.stopping = False
        self.over_time = False

    def apply(self, change: Change) -> None:
        before = self.job
        by_name = {each.name: each for each in change.tasks}
        for old, new in zip(before.tasks, change.graph.tasks, strict=True):
            assert new == by_name.get(old.name, old), "a change tells of every task it changes"
            if old.state is not TaskState.STARTING and new.state is TaskState.STARTING:
                parents = [before.named(name) for name in before.parents(new.name)]
                assert all(parent.state is TaskState.DONE for parent in parents)
        if change.graph.job.state is not before.job.state and change.graph.job.state in ENDS:
            assert [e.type for e in change.events].count(ENDS[change.graph.job.state]) == 1
        self.job = change.graph
        self.now += timedelta(seconds=1)
        if self.job.job.state in ENDED_JOBS:
            self.hold = None

    def pick(self, data: st.DataObject, states: frozenset[TaskState]) -> Task | None:
        found = [each for each in self.job.tasks if each.state in states]
        return data.draw(st.sampled_from(found)) if found else None

    @rule(data=st.data())
    def claim(self, data: st.DataObject) -> None:
        found = self.pick(data, frozenset({TaskState.READY}))
        if found is not None:
            token = new_token()
            self.apply(machine.claim(self.job, found.number, WORKER, token, self.now))
            self.live[found.number] = token

    @rule(data=st.data())
    def engine_starts(self, data: st.DataObject) -> None:
        held = self.pick(data, ACTIVE_TASKS)
        if held is not None:
            token = self.live[held.number]
            self.apply(machine.engine_started(self.job, held.number, token, self.now))

    @rule(data=st.data(), done=st.floats(0, 200), total=st.none() | st.floats(1, 200))
    def report(self, data: st.DataObject, done: float, total: float | None) -> None:
        held = self.pick(data, ACTIVE_TASKS)
        if held is not None:
            merged = merge_progress(held.progress, [Progress(None, done, total, "s")], self.now)
            tasks = [replace(t, progress=merged) if t is held else t for t in self.job.tasks]
            self.job = replace(self.job, tasks=tuple(tasks))

    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        held = self.pick(data, ACTIVE_TASKS)
        if held is not None:
            token = self.release(held)
            self.apply(machine.settle_done(self.job, held.number, token, [], None, self.now))

    @rule(data=st.data(), kind=st.sampled_from(FailureClass), died=st.booleans())
    def fail(self, data: st.DataObject, kind: FailureClass, died: bool) -> None:
        held = self.pick(data, ACTIVE_TASKS)
        if held is not None:
            token = self.release(held)
            failure = failed(kind, died=died)
            self.apply(machine.settle_failed(self.job, held.number, token, failure, 0.5, self.now))

    @rule(data=st.data())
    def lose_the_worker(self, data: st.DataObject) -> None:
        held = self.pick(data, ACTIVE_TASKS)
        if held is not None:
            self.release(held)
            self.apply(machine.recover(self.job, held.number, "gone", self.now))

    @precondition(lambda self: self.job.job.cancel_requested)
    @rule(data=st.data())
    def stop(self, data: st.DataObject) -> None:
        held = self.pick(data, ACTIVE_TASKS)
        if held is not None:
            token = self.release(held)
            self.apply(machine.settle_cancelled(self.job, held.number, token, self.now))

    @precondition(
        lambda self: self.job.job.state not in ENDED_JOBS and not self.job.job.cancel_requested
    )
    @rule()
    def cancel(self) -> None:
        self.stopping, self.hold = True, None
        self.apply(machine.cancel(self.job, self.now))

    @precondition(
        lambda self: self.job.job.state not in ENDED_JOBS and not self.job.job.cancel_requested
    )
    @rule()
    def expire(self) -> None:
        self.stopping, self.over_time, self.hold = True, True, None
        self.job = replace(self.job, job=replace(self.job.job, expires_at=self.now))
        self.apply(machine.expire(self.job, self.now))

    @precondition(lambda self: self.may_be_held() and self.hold is not Hold.PARKED)
    @rule(stop=st.booleans())
    def pause(self, stop: bool) -> None:
        self.hold = Hold.PAUSED
        if stop:
            for held in [t for t in self.job.tasks if t.state in ACTIVE_TASKS]:
                self.release(held)
        self.apply(machine.pause(self.job, self.now, stop=stop))
        assert not stop or not any(t.state in ACTIVE_TASKS for t in self.job.tasks)

    @precondition(lambda self: self.hold is Hold.PAUSED)
    @rule()
    def resume(self) -> None:
        places = {t.name: t.ready_at for t in self.job.tasks}
        self.hold = None
        self.apply(machine.resume(self.job, self.now))
        for each in self.job.tasks:
            if each.state is TaskState.READY:
                assert each.ready_at == places[each.name], "it keeps its place in the queue"

    @precondition(lambda self: self.job.job.state is JobState.QUEUED)
    @rule()
    def park(self) -> None:
        self.hold = Hold.PARKED
        self.apply(machine.park(self.job, self.now))

    @precondition(lambda self: self.hold is Hold.PARKED)
    @rule()
    def unpark(self) -> None:
        self.hold, now = None, self.now
        self.apply(machine.unpark(self.job, now))
        assert all(t.ready_at == now for t in self.job.tasks if t.state is TaskState.READY)

    def may_be_held(self) -> bool:
        return self.job.job.state not in ENDED_JOBS and not self.stopping

    @precondition(
        lambda self: (
            self.job.job.state in ENDED_JOBS
            and any(t.state is not TaskState.DONE for t in self.job.tasks)
        )
    )
    @rule()
    def retry(self) -> None:
        done = [t for t in self.job.tasks if t.state is TaskState.DONE]
        self.again(machine.retry(self.job, self.now))
        assert all(t in self.job.tasks for t in done), "what is done stays as it is"

    @precondition(lambda self: self.job.job.state in ENDED_JOBS)
    @rule()
    def restart(self) -> None:
        self.again(machine.restart(self.job, self.now))

    @precondition(lambda self: self.job.job.state in ENDED_JOBS)
    @rule(data=st.data())
    def rewind(self, data: st.DataObject) -> None:
        step = data.draw(st.sampled_from([each.name for each in self.job.tasks]))
        behind, more = {step}, {step}
        while more := {c for name in more for c in self.job.children(name)} - behind:
            behind |= more
        before = {t.name: t for t in self.job.tasks}
        self.again(machine.rewind(self.job, step, self.now))
        for each in self.job.tasks:
            assert each.name not in behind or each.state is not TaskState.DONE
            if each.state is TaskState.DONE:
                assert each == before[each.name], "what is done before the step stays"

    def again(self, change: Change) -> None:
        self.stopping = self.over_time = False
        self.apply(change)
        self.generation += 1
        self.shown = 0

    def release(self, held: Task) -> RunToken:
        token = self.live.pop(held.number)
        self.stale.add((held.number, token))
        return token

    @precondition(lambda self: self.stale)
    @rule(data=st.data())
    def a_zombie_wakes(self, data: st.DataObject) -> None:
        number, token = data.draw(st.sampled_from(sorted(self.stale)))
        try:
            machine.settle_done(self.job, number, token, [], None, self.now)
        except StaleAttempt:
            return
        raise AssertionError("a stale token was let through")

    @invariant()
    def the_jobs_state_is_a_function_of_its_tasks(self) -> None:
        assert self.job.job.state is job_state(
            ((each.state, each.required) for each in self.job.tasks),
            cancel_requested=self.stopping,
            hold=self.hold,
            expired=self.over_time,
        )
        assert (self.job.job.hold, self.job.job.expired) == (self.hold, self.over_time)

    @invariant()
    def an_ended_job_has_ended_tasks_and_says_why(self) -> None:
        job = self.job.job
        ended = job.state in ENDED_JOBS
        assert ended == all(each.state in ENDED_TASKS for each in self.job.tasks)
        assert ended == (job.ended_at is not None)
        unhappy = (JobState.FAILED, JobState.CANCELLED, JobState.EXPIRED)
        assert (job.reason is not None) == (job.state in unhappy)
        if job.state is JobState.FAILED:
            assert job.reason
            assert any(each.failure == job.reason for each in self.job.tasks)

    @invariant()
    def tasks_are_whole(self) -> None:
        for each in self.job.tasks:
            held = each.state in ACTIVE_TASKS
            assert (each.token is not None) == held
            assert not held or (each.token == self.live[each.number] and each.worker == WORKER)
            assert (each.ended_at is not None) == (each.state in ENDED_TASKS)
            assert each.state is not TaskState.FAILED or each.failure is not None
            assert each.generation <= self.job.job.generation == self.generation

    @invariant()
    def nothing_is_ahead_of_its_parents(self) -> None:
        for each in self.job.tasks:
            parents = [self.job.named(name).state for name in self.job.parents(each.name)]
            if each.state in ACTIVE_TASKS | {TaskState.READY, TaskState.DONE, TaskState.FAILED}:
                assert all(state is TaskState.DONE for state in parents)
            if each.state is TaskState.WAITING:
                assert self.hold or any(state is not TaskState.DONE for state in parents)
                assert not any(
                    state in (TaskState.FAILED, TaskState.SKIPPED) for state in parents
                ), "it can never run, so it is skipped"

    @invariant()
    def nothing_of_a_held_job_is_queued(self) -> None:
        if self.hold is not None:
            assert not any(each.state is TaskState.READY for each in self.job.tasks)
            assert self.job.job.state == JobState(self.hold)

    @invariant()
    def progress_never_falls_and_is_a_hundred_at_completion_only(self) -> None:
        completed = self.job.job.state is JobState.COMPLETED
        percent = job_percent(self.job.tasks, completed=completed)
        assert (percent == 100) == completed
        assert percent >= self.shown
        self.shown = percent

    @invariant()
    def an_open_job_can_go_on(self) -> None:
        open_states = {each.state for each in self.job.tasks} - ENDED_TASKS
        can_go_on = ACTIVE_TASKS | ({TaskState.WAITING} if self.hold else {TaskState.READY})
        assert not open_states or open_states & can_go_on


JobLife.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestJobLife = JobLife.TestCase
