"""What users do: submit, upload, steer, remove; and when they must be refused."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from jobmill.adapters.sql.connection import micros
from jobmill.core.accounts import Principal
from jobmill.core.ids import JobNumber, RunToken
from jobmill.core.items import AssetSource, AssetState, Blob
from jobmill.core.items.service.remove_asset import delete_asset
from jobmill.core.jobs import service
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import JobInput, SubmitJob
from jobmill.core.jobs.service.batches import create_batch
from jobmill.core.jobs.states import ENDED_JOBS, JobState, TaskState
from tests.life.installation import Expected, Held, Installation

NAMES = "abcd"
RARELY = st.integers(0, 5).map(lambda drawn: drawn == 5)
SHAS = tuple(letter * 64 for letter in "abc")
TAGS = st.lists(st.sampled_from(("x", "y")), max_size=2, unique=True).map(tuple)
METADATA = st.dictionaries(st.sampled_from(("k", "l")), st.sampled_from(("v", 1)), max_size=2)
SOON = st.none() | st.integers(1, 400)
SHAPES = st.tuples(
    st.integers(1, 4), st.sets(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=4)
)


class Users(RuleBasedStateMachine):
    """`jobs` is what is expected, `held` the attempts at work, `stale` those that were lost."""

    def __init__(self) -> None:
        super().__init__()
        self.house = Installation()
        self.jobs: dict[JobNumber, Expected] = {}
        self.held: dict[RunToken, Held] = {}
        self.stale: list[Held] = []
        self.assets: list[str] = []
        self.limits: dict[int, int] = {}
        self.paused = False

    def micros(self) -> int:
        """Now, as tables have it."""
        stored = micros(self.house.now)
        assert stored is not None
        return stored

    def graph(self, number: JobNumber) -> JobGraph:
        found = self.house.do(lambda work: work.jobs.graph(number))
        assert found is not None
        return found

    # -- what users do

    def command(self, data: st.DataObject) -> SubmitJob:
        size, edges = data.draw(SHAPES)
        retries, soon = data.draw(st.integers(0, 2)), data.draw(SOON)
        tasks = [
            {"name": NAMES[place], "engine": "noop", "max_retries": retries}
            for place in range(size)
        ]
        routes = [{"from": NAMES[a], "to": NAMES[b]} for a, b in edges if a < b < size]
        asset = self.an_asset(data) if self.assets and data.draw(st.booleans()) else None
        return SubmitJob(
            input=JobInput(asset=asset) if asset else JobInput(json={"n": 1}),
            tasks=tuple(tasks),
            routes=tuple(routes),
            priority=data.draw(st.sampled_from((5, 50, 100))),
            tags=data.draw(TAGS),
            metadata=data.draw(METADATA),
            parked=data.draw(RARELY),
            due=data.draw(st.none() | st.just(self.house.now)),
            expires_at=None if soon is None else self.house.now + timedelta(seconds=soon),
            retain_for=data.draw(st.none() | st.just(timedelta(seconds=500))),
        )

    def anybody(self, data: st.DataObject) -> Principal:
        return data.draw(st.sampled_from((self.house.ours, self.house.theirs)))

    def submit(self, data: st.DataObject) -> None:
        who, now = self.anybody(data), self.house.now
        command = self.command(data)
        made = self.house.tries(
            lambda work: service.submit_job(work, self.house.outside, who, command, now)
        )
        if made is None:
            assert command.input.asset, "only an asset that is another's is a reason to refuse"
            return
        job = made.graph.job
        self.jobs[job.number] = Expected(who, hold="parked" if command.parked else None)

    def submit_batch(self, data: st.DataObject) -> None:
        who, now, count = self.anybody(data), self.house.now, data.draw(st.integers(1, 4))
        commands = [self.command(data)] * count + [self.command(data)]
        batch = self.house.tries(
            lambda work: create_batch(work, self.house.outside, who, None, commands, now)
        )
        if batch is None:
            return
        rows = self.house.db.all(
            "SELECT number, hold FROM job WHERE batch = :n ORDER BY number", n=batch.number
        )
        assert len(rows) == len(commands) == sum(batch.counts.values())
        for row in rows:
            self.jobs[JobNumber(row["number"])] = Expected(who, hold=row["hold"])

    def upload(self, data: st.DataObject) -> None:
        who, sha = self.anybody(data), data.draw(st.sampled_from(SHAS))
        asset = self.house.do(
            lambda work: work.assets.add(
                who.organization,
                "name",
                "text/plain",
                AssetSource.UPLOAD,
                AssetState.READY,
                self.house.now,
                blob=Blob(sha, 1),
                owner=who.user,
            )
        )
        self.assets.append(asset.id)

    def remove_asset(self, data: st.DataObject) -> None:
        asset = self.an_asset(data)
        gone = self.house.tries(
            lambda work: delete_asset(work.assets, self.house.ours, asset, work.drop_blob) or True
        )
        if gone:
            self.assets.remove(asset)

    def an_asset(self, data: st.DataObject) -> str:
        """By its place: its id is made by chance, and never the same twice."""
        return self.assets[data.draw(st.integers(0, len(self.assets) - 1))]

    def pick(self, data: st.DataObject) -> tuple[JobNumber, Expected, JobGraph, Principal]:
        number = data.draw(st.sampled_from(sorted(self.jobs)))
        expected = self.jobs[number]
        other = self.house.theirs if expected.who is self.house.ours else self.house.ours
        who = other if data.draw(RARELY) else expected.who
        return number, expected, self.graph(number), who

    def steer(self, act: Callable[..., Any], number: JobNumber, who: Principal, *more: Any) -> bool:
        """Whether the service did it."""
        now = self.house.now
        return self.house.tries(lambda work: (act(work, who, number, *more, now),)) is not None

    def reachable(self, expected: Expected, who: Principal) -> bool:
        return expected.who is who and not expected.deleted

    def cancel(self, data: st.DataObject) -> None:
        number, expected, graph, who = self.pick(data)
        may = self.reachable(expected, who) and graph.job.state not in ENDED_JOBS
        assert self.steer(service.cancel_job, number, who) == (
            may or (self.reachable(expected, who) and expected.stopping)
        )
        if may:
            expected.stopping, expected.hold = True, None

    def pause(self, data: st.DataObject) -> None:
        stop = data.draw(st.booleans())
        number, expected, graph, who = self.pick(data)
        may = (
            self.reachable(expected, who)
            and graph.job.state not in ENDED_JOBS
            and not expected.stopping
            and expected.hold != "parked"
        )

        def pause(work: UnitOfWork, who: Principal, job: JobNumber, now: datetime) -> object:
            return service.pause_job(work, who, job, now, stop=stop)

        assert self.steer(pause, number, who) == may
        if may:
            expected.hold = "paused"
            if stop:
                self.lose(held for held in self.held.values() if held.job == number)

    def release(self, data: st.DataObject) -> None:
        word = data.draw(st.sampled_from(("resume", "unpark")))
        number, expected, _, who = self.pick(data)
        wanted = "paused" if word == "resume" else "parked"
        may = self.reachable(expected, who) and expected.hold == wanted
        act = service.resume_job if word == "resume" else service.unpark_job
        assert self.steer(act, number, who) == may
        if may:
            expected.hold = None

    def park(self, data: st.DataObject) -> None:
        number, expected, graph, who = self.pick(data)
        may = self.reachable(expected, who) and graph.job.state in (
            JobState.QUEUED,
            JobState.PARKED,
        )
        assert self.steer(service.park_job, number, who) == may
        if may:
            expected.hold = "parked"

    def run_again(self, data: st.DataObject) -> None:
        word = data.draw(st.sampled_from(("retry", "restart", "rewind")))
        number, expected, graph, who = self.pick(data)
        may = self.reachable(expected, who) and graph.job.state in ENDED_JOBS
        if word == "retry":
            may = may and any(task.state is not TaskState.DONE for task in graph.tasks)
            done = self.steer(service.retry_job, number, who)
        elif word == "restart":
            done = self.steer(service.restart_job, number, who)
        else:
            step = data.draw(st.sampled_from([task.name for task in graph.tasks]))
            done = self.steer(service.rewind_job, number, who, step)
        assert done == may
        if may:
            expected.generation += 1
            expected.stopping = expected.expired = False

    def describe(self, data: st.DataObject) -> None:
        tags, metadata = data.draw(TAGS), data.draw(METADATA)
        priority = data.draw(st.sampled_from((7, 70)))
        number, expected, _, who = self.pick(data)
        changes = {"tags": tags, "metadata": metadata, "priority": priority}
        assert self.steer(service.describe_job, number, who, changes) == self.reachable(
            expected, who
        )

    def delete(self, data: st.DataObject) -> None:
        number, expected, graph, who = self.pick(data)
        may = self.reachable(expected, who)
        assert self.steer(service.delete_job, number, who) == may
        if may:
            expected.deleted = True
            if graph.job.state not in ENDED_JOBS:
                expected.stopping, expected.hold = True, None

    def lose(self, lost: Iterable[Held]) -> None:
        """Their tasks are somebody else's from now on; they may wake up as zombies."""
        for each in list(lost):
            del self.held[each.token]
            self.stale.append(each)
