"""Random pipelines of stages under random luck, over real rows: no part is lost or doubled.

source ⇒ lines ⇒ upper (chunks, several lanes) → echo (chunks) → collect (whole), and a second
reader of the source's parts as chunks. `⇒` is a stream.
"""

import sqlite3
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from jobmill.adapters.sql.connection import Connection
from jobmill.adapters.sql.migrate import SCHEMA
from jobmill.adapters.sql.work import SqlUnitOfWork
from jobmill.core.accounts import Principal, Right
from jobmill.core.engines import Done, FailureClass
from jobmill.core.ids import RunToken, WorkerName
from jobmill.core.jobs.model import JobGraph, Part
from jobmill.core.jobs.service import (
    begin_attempts,
    cancel_job,
    fail_attempt,
    finish_attempt,
    note_live,
    pause_job,
    recover_tasks,
    restart_job,
    resume_job,
    retry_job,
    stop_attempt,
)
from jobmill.core.jobs.service.attempts import Claimed, Finish, Notes
from jobmill.core.jobs.service.parts import read_ports
from jobmill.core.jobs.service.working import ChunkEnd, ChunkFailure
from jobmill.core.jobs.states import ACTIVE_TASKS, ENDED_JOBS, JobState, TaskState
from jobmill.core.pipelines import Mode, PlannedRoute, PlannedTask
from jobmill.core.results import Provenance
from tests.adapters.stores.seeds import new_job, owner
from tests.core.graphs import NOW, failed

WORKERS = (WorkerName("one"), WorkerName("two"))
LUCK = st.integers(0, 5)
WHENCE = Provenance("e", "1", {})


@dataclass
class Held:
    """An attempt under way: what it has written, or has still to do."""

    claimed: Claimed
    written: int = 0
    left: list[int] = field(default_factory=list)

    @property
    def notes(self) -> Notes:
        graph, task = self.claimed.graph, self.claimed.task
        return Notes(task.number, graph.job.number, self.claimed.token)


def text_part(number: int, word: str = "part") -> Part:
    text = f'"{word} {number}"'
    return Part("out", number, None, len(text), "application/json", {}, text)


class FlowLife(RuleBasedStateMachine):
    """One job, its worker, its user, and misfortune."""

    @initialize(
        lanes=st.integers(1, 3),
        wait=st.booleans(),
        parts=st.integers(0, 7),
        retries=st.integers(0, 1),
    )
    def submit(self, lanes: int, wait: bool, parts: int, retries: int) -> None:
        db = Connection(":memory:")
        _template().backup(db.raw)
        self.db, self.work = db, SqlUnitOfWork(db)
        self.now: datetime = NOW
        self.parts = parts
        self.held: dict[RunToken, Held] = {}
        self.stale: list[Held] = []
        self.words: dict[int, str] = {}
        tasks = [
            _task("source", Mode.STREAM, max_retries=retries),
            _task("lines", Mode.STREAM, max_retries=retries),
            _task("upper", Mode.CHUNK, max_retries=retries),
            _task("echo", Mode.CHUNK, wait_for_parents=wait),
            _task("side", Mode.CHUNK),
            _task("collect", Mode.WHOLE),
        ]
        routes = [
            PlannedRoute("source", "out", "lines", "in", Mode.STREAM),
            PlannedRoute("lines", "out", "upper", "in"),
            PlannedRoute("upper", "out", "echo", "in"),
            PlannedRoute("echo", "out", "collect", "in"),
            PlannedRoute("source", "out", "side", "in"),
        ]
        new = new_job(self.work, *tasks)
        further = tuple(
            _task(f"{name}#{lane}", Mode.CHUNK, lane=lane, lane_of=name)
            for name in ("upper", "side")
            for lane in range(1, lanes)
        )
        plan = type(new.plan)(tuple(tasks), tuple(routes), lanes=further)
        made = self.work.jobs.add(type(new)(new.id, new.organization, plan, NOW, new.fields))
        self.number = made.job.number
        organization, user = owner(self.work)
        self.who = Principal(organization, user, "admin", frozenset({Right.ALL}))

    def teardown(self) -> None:
        """From wherever it is, the job comes to an end when nothing goes wrong any more."""
        if not hasattr(self, "db"):
            return
        for _ in range(200):
            if self.graph().job.state in ENDED_JOBS:
                break
            self.work_on()
            self.check()
        assert self.graph().job.state in ENDED_JOBS
        self.check()
        self.db.close()

    def work_on(self) -> None:
        self.now += timedelta(minutes=10)
        for claimed in begin_attempts(self.work, WORKERS[0], None, {}, 3, self.now):
            numbers = [part.number for part in claimed.chunks]
            self.held[claimed.token] = Held(claimed, left=numbers)
        self.look()
        for one in list(self.held.values()):
            if one.claimed.token in self.held:
                self.end(one)

    def check(self) -> None:
        self.counts_are_those_of_the_rows()
        self.chunks_are_the_parts_that_are_read()
        self.nobody_works_without_a_producer()
        self.an_open_job_can_go_on()
        self.a_completed_job_has_all_its_parts()

    def graph(self) -> JobGraph:
        graph = self.work.jobs.graph(self.number)
        assert graph is not None
        return graph

    def look(self) -> None:
        """What has been fenced off knows it no more than a real worker would."""
        self.now += timedelta(seconds=1)
        graph = self.graph()
        live = {t.token for t in (*graph.tasks, *graph.lanes) if t.token is not None}
        for token in list(self.held.keys() - live):
            self.stale.append(self.held.pop(token))

    def pick(self, data: st.DataObject, *modes: Mode) -> Held | None:
        found = [each for each in self.held.values() if each.claimed.task.mode in modes]
        return data.draw(st.sampled_from(found)) if found else None

    @rule(data=st.data())
    def claim(self, data: st.DataObject) -> None:
        worker = data.draw(st.sampled_from(WORKERS))
        self.now += timedelta(minutes=10)
        for claimed in begin_attempts(self.work, worker, None, {}, 1, self.now):
            numbers = [part.number for part in claimed.chunks]
            self.held[claimed.token] = Held(claimed, left=numbers)
            if claimed.task.mode is Mode.CHUNK:
                assert numbers, "an attempt at chunks has some"
        self.look()

    @rule(times=st.integers(1, 3))
    def go_on(self, times: int) -> None:
        """Everybody works."""
        for _ in range(times):
            if self.graph().job.state not in ENDED_JOBS:
                self.work_on()

    @rule(data=st.data(), count=st.integers(1, 4))
    def write(self, data: st.DataObject, count: int) -> None:
        """A source or a stream reader writes on; what it has written before, it repeats."""
        one = self.pick(data, Mode.STREAM)
        if one is not None:
            self.note(one, self.next_parts(one, count))

    def next_parts(self, one: Held, count: int) -> list[Part]:
        most = self.parts
        if one.claimed.task.name == "lines":
            most = min(most, len(self.work.parts.of_task(self.graph().named("source").number)))
        upto = min(most, one.written + count)
        parts = [text_part(i, self.words.get(i, "part")) for i in range(one.written, upto)]
        one.written = max(upto, one.written)
        return parts

    def note(self, one: Held, parts: list[Part]) -> None:
        notes = Notes(*_place(one), parts=tuple(parts), read={"in": one.written})
        assert note_live(self.work, notes, self.now) is not None
        self.look()

    @rule(data=st.data(), empty=st.booleans(), fails=st.sampled_from([*[""] * 12, "engine", "in"]))
    def do_a_chunk(self, data: st.DataObject, empty: bool, fails: str) -> None:
        one = self.pick(data, Mode.CHUNK)
        if one is None or not one.left:
            return
        number = one.left.pop(0)
        if fails:
            kind = FailureClass.ENGINE if fails == "engine" else FailureClass.INPUT
            failure = ChunkFailure(number, failed(kind))
            notes = Notes(*_place(one), failures=(failure,))
        else:
            notes = Notes(*_place(one), chunks=(self.chunk(one, number, empty),))
        note_live(self.work, notes, self.now)
        self.look()

    def chunk(self, one: Held, number: int, empty: bool) -> ChunkEnd:
        name = one.claimed.task.shown
        made = text_part(number, name)
        if empty:
            made = Part("out", number, None, 0, "application/json")
        assert read_ports(self.graph(), name) == ["out"]
        return ChunkEnd(number, (made,))

    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        one = self.pick(data, *Mode)
        if one is not None:
            self.end(one)

    def end(self, one: Held) -> None:
        """It succeeds, unless it reads what is not all there."""
        if self.graph().job.cancel_requested:
            assert stop_attempt(self.work, one.notes, self.now)
            self.look()
            return
        task, notes = one.claimed.task, one.notes
        if task.mode is Mode.CHUNK:
            ends = tuple(self.chunk(one, number, False) for number in one.left)
            notes = Notes(*_place(one), chunks=ends)
        elif task.mode is Mode.STREAM:
            source = self.graph().named("source")
            if task.name == "lines" and source.state is not TaskState.DONE:
                return  # it reads on
            notes = Notes(*_place(one), parts=tuple(self.next_parts(one, 99)))
        assert finish_attempt(self.work, Finish(notes, Done({}), WHENCE, (), 0.1, 1), self.now)
        self.look()

    @rule(data=st.data(), kind=st.sampled_from(FailureClass), died=st.booleans(), luck=LUCK)
    def fail(self, data: st.DataObject, kind: FailureClass, died: bool, luck: int) -> None:
        one = self.pick(data, *Mode)
        if one is not None and luck == 0:
            assert fail_attempt(self.work, one.notes, failed(kind, died=died), 0.5, self.now)
            self.look()

    @rule(worker=st.sampled_from(WORKERS), luck=LUCK)
    def die(self, worker: WorkerName, luck: int) -> None:
        if luck:
            return
        recover_tasks(self.work, [worker], "it died", self.now)
        self.look()

    @rule(luck=LUCK)
    def change_what_the_source_says(self, luck: int) -> None:
        """From the middle on, a source that begins again will write other bytes."""
        if luck:
            return
        middle = self.parts // 2
        for number in range(middle, self.parts):
            self.words[number] = f"{self.words.get(number, 'part')}x"
        for one in self.held.values():
            if one.claimed.task.name in ("source", "lines") and one.written > middle:
                one.written = 0  # as if it had begun again

    @rule(luck=LUCK)
    def cancel(self, luck: int) -> None:
        if self.graph().job.state not in ENDED_JOBS and luck == 0:
            cancel_job(self.work, self.who, self.number, self.now)
            self.look()

    @rule(stop=st.booleans(), luck=LUCK)
    def hold_and_let_go(self, stop: bool, luck: int) -> None:
        job = self.graph().job
        if luck or job.state in ENDED_JOBS or job.cancel_requested:
            return
        pause_job(self.work, self.who, self.number, self.now, stop=stop)
        self.look()
        if self.graph().job.hold is not None:
            resume_job(self.work, self.who, self.number, self.now)

    @rule(all_of_it=st.booleans())
    def again(self, all_of_it: bool) -> None:
        job = self.graph().job
        if job.state not in ENDED_JOBS:
            return
        if all_of_it or job.state is JobState.COMPLETED:
            restart_job(self.work, self.who, self.number, self.now)
        else:
            retry_job(self.work, self.who, self.number, self.now)
        self.look()

    @rule()
    def a_zombie_wakes(self) -> None:
        for one in self.stale[-2:]:
            parts = (text_part(0, "zombie"),)
            assert note_live(self.work, Notes(*_place(one), parts=parts), self.now) is None
            assert not finish_attempt(self.work, Finish(one.notes, Done({}), WHENCE), self.now)

    @invariant()
    def counts_are_those_of_the_rows(self) -> None:
        if not hasattr(self, "db"):
            return
        graph = self.graph()
        for task in graph.tasks:
            parts = self.work.parts.of_task(task.number)
            assert task.flow.held("out") == len(parts), task.name
            numbers = [part.number for part in parts]
            if task.mode is Mode.STREAM:
                assert numbers == list(range(len(parts))), "written in order"
            if task.mode is not Mode.CHUNK:
                continue
            rows = self.db.all(
                "SELECT * FROM chunk WHERE task = :t AND generation = :g",
                t=task.number,
                g=task.generation,
            )
            states = [row["state"] for row in rows]
            assert states.count("done") == task.flow.done == len(parts)
            if task.state in (TaskState.FAILED, TaskState.SKIPPED, TaskState.CANCELLED):
                continue
            assert states.count("queued") == task.flow.queued
            for lane in graph.lanes_of(task.name):
                mine = [row for row in rows if row["token"] and row["token"] == lane.token]
                assert len(mine) == lane.flow.taken
            taken = sum(lane.flow.taken for lane in graph.lanes_of(task.name))
            assert states.count("taken") == taken

    @invariant()
    def chunks_are_the_parts_that_are_read(self) -> None:
        if not hasattr(self, "db"):
            return
        graph = self.graph()
        for route in graph.routes:
            target = graph.named(route.target)
            if target.mode is not Mode.CHUNK:
                continue
            parts = self.work.parts.of_task(graph.named(route.source).number)
            rows = self.db.all(
                "SELECT number FROM chunk WHERE task = :t AND generation = :g ORDER BY number",
                t=target.number,
                g=target.generation,
            )
            assert [row["number"] for row in rows] == [part.number for part in parts]
            if target.state is TaskState.DONE:
                assert target.flow.done == len(parts)

    @invariant()
    def nobody_works_without_a_producer(self) -> None:
        if not hasattr(self, "db"):
            return
        graph = self.graph()
        reader, source = graph.named("lines"), graph.named("source")
        if reader.state in ACTIVE_TASKS and not graph.job.cancel_requested:
            assert source.state in (*ACTIVE_TASKS, TaskState.DONE)

    @invariant()
    def an_open_job_can_go_on(self) -> None:
        if not hasattr(self, "db"):
            return
        graph = self.graph()
        if graph.job.state in ENDED_JOBS:
            every = (*graph.tasks, *graph.lanes)
            assert not any(task.state in ACTIVE_TASKS for task in every)
            assert graph.lanes == () or not any(lane.token for lane in graph.lanes)
            return
        states = {task.state for task in (*graph.tasks, *graph.lanes)}
        assert states & (ACTIVE_TASKS | {TaskState.READY})

    @invariant()
    def a_completed_job_has_all_its_parts(self) -> None:
        if not hasattr(self, "db") or self.graph().job.state is not JobState.COMPLETED:
            return
        graph = self.graph()
        for name in ("source", "lines", "upper", "echo", "side"):
            numbers = [p.number for p in self.work.parts.of_task(graph.named(name).number)]
            assert numbers == list(range(self.parts)), name
        words = [part.document for part in self.work.parts.of_task(graph.named("source").number)]
        assert all(word is not None for word in words)


@cache
def _template() -> sqlite3.Connection:
    """An empty database; making its tables takes longer than all else of a short life."""
    made = sqlite3.connect(":memory:")
    made.executescript(SCHEMA.read_text("utf-8"))
    return made


def _task(name: str, mode: Mode, **fields: object) -> PlannedTask:
    return PlannedTask(name, "noop", "cpu", mode=mode, **fields)  # type: ignore[arg-type]


def _place(one: Held) -> tuple[object, ...]:
    notes = one.notes
    return notes.task, notes.job, notes.token


FlowLife.TestCase.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
TestFlowLife = FlowLife.TestCase
