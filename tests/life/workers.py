"""What workers, time and misfortune do: claim, report, end well or badly, die, expire, purge."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from hypothesis import strategies as st

from jobmill.core.capacity import PLATFORM_POOL
from jobmill.core.engines import Done, FailureClass
from jobmill.core.ids import JobNumber, WorkerName
from jobmill.core.jobs import service
from jobmill.core.jobs.model import FeatureProgress, LogLine, Part
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.attempts import Claimed, Finish
from jobmill.core.jobs.service.bulk import ACTS, start_bulk, step_bulk
from jobmill.core.jobs.service.filters import JobFilter
from jobmill.core.results import Provenance
from tests.core.graphs import failed
from tests.life.installation import Expected, Held
from tests.life.users import RARELY, SHAS, Users

WORKERS = (WorkerName("one"), WorkerName("two"))
PLATFORM = WorkerName("platform")
BY = Provenance("noop", "1.0.0", {}, None)


class Workers(Users):
    """Two workers and the platform's own."""

    def claim_of(self, worker: WorkerName, limit: int) -> Sequence[Claimed]:
        pools = (PLATFORM_POOL,) if worker == PLATFORM else None
        claims = self.house.do(
            lambda work: service.begin_attempts(work, worker, pools, {}, limit, self.house.now)
        )
        for each in claims:
            job = each.graph.job
            expected = self.jobs[job.number]
            assert (expected.hold, expected.stopping) == (None, False)
            assert (each.task.pool == PLATFORM_POOL) == (worker == PLATFORM)
            assert each.task.retry_at is None
            self.held[each.token] = Held(worker, job.number, each.task.number, each.token)
        return claims

    def claim(self, data: st.DataObject) -> None:
        worker, limit = data.draw(st.sampled_from(WORKERS)), data.draw(st.integers(1, 4))
        ready = self.house.db.value(
            """SELECT count(*) FROM task WHERE state = 'ready' AND pool != 'platform'
               AND (retry_at IS NULL OR retry_at <= :now)""",
            now=self.micros(),
        )
        running = self.running()
        claims = self.claim_of(worker, limit)
        if self.limits:
            for whose, most in self.limits.items():
                assert self.running().get(whose, 0) <= max(most, running.get(whose, 0))
        elif not self.paused:
            assert len(claims) == min(limit, ready), "whatever is ready can be taken"
        assert not (self.paused and claims)

    def running(self) -> dict[int, int]:
        rows = self.house.db.all(
            """SELECT organization, count(*) AS n FROM task
               WHERE state IN ('starting', 'running') GROUP BY organization"""
        )
        return {row["organization"]: row["n"] for row in rows}

    def work_at(self, data: st.DataObject) -> Held:
        own = [each for each in self.held.values() if each.worker != PLATFORM]
        return data.draw(st.sampled_from(own))

    @property
    def busy(self) -> bool:
        return any(each.worker != PLATFORM for each in self.held.values())

    def report(self, data: st.DataObject) -> None:
        start, done = data.draw(st.booleans()), data.draw(st.floats(0, 100))
        held, now = self.work_at(data), self.house.now
        progress = {"": FeatureProgress(done, 100.0, "s", now, now)}
        notes = held.notes(
            started_at=now if start else None,
            progress=progress,
            log=(LogLine(now, "info", "line"),),
        )
        assert self.house.do(lambda work: service.note_attempt(work, notes, now))

    def finish(self, data: st.DataObject) -> None:
        self.end(self.work_at(data), data.draw(st.lists(st.sampled_from(SHAS), max_size=2)))

    def end(self, held: Held, shas: Iterable[str] = ()) -> None:
        parts = tuple(Part("out", place, sha, 1, "text/plain") for place, sha in enumerate(shas))
        end = Finish(held.notes(), Done({"spans": []}), BY, parts)
        assert self.house.do(lambda work: service.finish_attempt(work, end, self.house.now))
        self.lose([held])

    def fail(self, data: st.DataObject) -> None:
        kind, died = data.draw(st.sampled_from(FailureClass)), data.draw(st.booleans())
        held, failure = self.work_at(data), failed(kind, died=died)
        assert self.house.do(
            lambda work: service.fail_attempt(work, held.notes(), failure, 0.5, self.house.now)
        )
        self.lose([held])

    def look(self, data: st.DataObject) -> None:
        self.stop_what_shall_not_go_on(data.draw(st.sampled_from(WORKERS)))

    def stop_what_shall_not_go_on(self, worker: WorkerName) -> None:
        own = {token: held for token, held in self.held.items() if held.worker == worker}
        kept = self.house.do(lambda work: work.jobs.kept_among(list(own)))
        for token, held in own.items():
            assert (token in kept) == (not self.jobs[held.job].stopping)
            if token not in kept:
                notes = held.notes()
                assert self.house.do(
                    lambda work: service.stop_attempt(work, notes, self.house.now)  # noqa: B023
                )
                self.lose([held])

    def die(self, data: st.DataObject) -> None:
        worker = data.draw(st.sampled_from((*WORKERS, PLATFORM)))
        lost = [held for held in self.held.values() if held.worker == worker]
        count = self.house.do(
            lambda work: service.recover_tasks(work, [worker], "gone", self.house.now)
        )
        assert count == len(lost)
        self.lose(lost)

    def wake_as_a_zombie(self, data: st.DataObject) -> None:
        how = data.draw(st.integers(0, 4))
        held, now = data.draw(st.sampled_from(self.stale)), self.house.now
        notes, progress = held.notes(), {"": FeatureProgress(1.0, 2.0, "s", now, now)}
        part = (Part("out", 9, SHAS[0], 1, "text/plain"),)
        acts: list[Callable[[UnitOfWork], bool]] = [
            lambda work: service.finish_attempt(work, Finish(notes, Done({}), BY, part), now),
            lambda work: service.fail_attempt(work, notes, failed(), 0.5, now),
            lambda work: service.stop_attempt(work, notes, now),
            lambda work: service.note_attempt(work, held.notes(started_at=now), now),
            lambda work: service.note_attempt(work, held.notes(progress=progress), now),
        ]
        before = self.house.db.raw.total_changes
        assert not self.house.do(acts[how]), "it is fenced off"
        assert self.house.db.raw.total_changes == before

    def time_passes(self, data: st.DataObject) -> None:
        self.advance(data.draw(st.integers(1, 300)))

    def advance(self, seconds: int) -> None:
        self.house.now += timedelta(seconds=seconds)
        late = self.house.db.all(
            """SELECT number FROM job WHERE expires_at <= :now AND ended_at IS NULL
               AND cancel_requested = 0""",
            now=self.micros(),
        )
        while self.house.do(lambda work: service.expire_jobs(work, self.house.now)):
            pass
        for row in late:
            expected = self.jobs[JobNumber(row["number"])]
            expected.stopping, expected.expired, expected.hold = True, True, None
        self.purge()

    def purge(self) -> None:
        now = self.house.now
        for number in self.house.do(lambda work: service.due_jobs(work, now)):
            gone = self.house.do(lambda work: service.purge_job(work, number, now))  # noqa: B023
            if gone:
                del self.jobs[number]
            elif number in self.jobs:
                self.jobs[number].stopping, self.jobs[number].hold = True, None

    def pause_the_pool(self, data: st.DataObject) -> None:
        self.set_paused(paused=data.draw(RARELY))

    def set_paused(self, *, paused: bool) -> None:
        self.paused = paused
        self.house.do(lambda work: work.capacity.set_paused("cpu", paused=paused))

    def limit(self, data: st.DataObject) -> None:
        self.set_limit(data.draw(st.none() | st.integers(0, 2)))

    def set_limit(self, running: int | None) -> None:
        ours = self.house.ours.organization

        def write(work: UnitOfWork) -> None:
            for each in work.capacity.limits():
                work.capacity.remove_limit(each.id)
            if running is not None:
                work.capacity.set_limit(ours, None, running)

        self.house.do(write)
        self.limits = {} if running is None else {ours: running}

    def start_bulk(self, data: st.DataObject) -> None:
        action = data.draw(st.sampled_from(list(ACTS)))
        tag = data.draw(st.none() | st.sampled_from(("x", "y")))
        who, wanted = self.house.ours, JobFilter(tags=(tag,) if tag else ())
        graph = self.house.do(
            lambda work: start_bulk(work, who, action, wanted, {}, self.house.now)
        )
        self.jobs[graph.job.number] = Expected(who)

    def take_bulk_further(self, _: st.DataObject | None = None) -> None:
        """The platform takes a bulk action one job further."""
        mine = [held for held in self.held.values() if held.worker == PLATFORM]
        if not mine:
            self.claim_of(PLATFORM, 1)
            return
        (held,) = mine
        before = self.facts()
        more = self.house.do(lambda work: step_bulk(work, held.notes(), self.house.now, limit=1))
        changed = [n for n, facts in self.facts().items() if facts != before[n] and n != held.job]
        assert len(changed) <= 1, "one job a step here"
        for number in changed:
            self.follow(number)
        if not more:
            self.lose([held])

    def facts(self) -> dict[int, tuple[object, ...]]:
        rows = self.house.db.all(
            "SELECT number, state, hold, cancel_requested, deleted, generation FROM job"
        )
        return {row["number"]: tuple(row) for row in rows}

    def follow(self, number: int) -> None:
        """A bulk action did this; that it may is what `steer` is tested for."""
        row = self.house.db.one("SELECT * FROM job WHERE number = :number", number=number)
        assert row is not None
        expected = self.jobs[JobNumber(number)]
        assert expected.who is self.house.ours, "nobody else's"
        expected.hold, expected.stopping = row["hold"], bool(row["cancel_requested"])
        expected.expired, expected.deleted = bool(row["expired"]), bool(row["deleted"])
        expected.generation = row["generation"]
        held = {row["token"] for row in self.house.db.all("SELECT token FROM task")}
        self.lose(each for each in list(self.held.values()) if each.token not in held)
