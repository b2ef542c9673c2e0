"""The real services over the real tables: whatever happens, what DESIGN promises holds."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from jobmill.core.jobs import service
from jobmill.core.jobs.states import ENDED_JOBS, JobState
from tests.life.checks import check_tables
from tests.life.workers import PLATFORM, WORKERS, Workers

OFTEN = [
    word
    for word, times in {
        "submit": 4, "submit_batch": 2, "upload": 1, "remove_asset": 1, "cancel": 1, "pause": 2,
        "release": 2, "park": 1, "run_again": 3, "describe": 1, "delete": 1, "claim": 8,
        "report": 2, "finish": 8, "fail": 3, "look": 3, "die": 1, "wake_as_a_zombie": 2,
        "time_passes": 2, "pause_the_pool": 1, "limit": 1, "start_bulk": 1, "take_bulk_further": 4,
    }.items()
    for _ in range(times)
]  # fmt: skip
NEEDED = {
    "remove_asset": "assets", "report": "busy", "finish": "busy", "fail": "busy",
    "wake_as_a_zombie": "stale",
    **dict.fromkeys(("cancel", "pause", "release", "park", "run_again", "describe", "delete"),
                    "jobs"),
}  # fmt: skip
CENTURY = timedelta(days=36_500)


class Life(Workers):
    """The whole of it. At the end all that is left must run out, and leave nothing behind."""

    @rule(data=st.data())
    def act(self, data: st.DataObject) -> None:
        word = data.draw(st.sampled_from([each for each in OFTEN if self.possible(each)]))
        getattr(self, word)(data)

    def possible(self, word: str) -> bool:
        needed = NEEDED.get(word)
        return needed is None or bool(getattr(self, needed))

    @invariant()
    def the_tables_keep_what_is_promised(self) -> None:
        check_tables(self.house.db)

    @invariant()
    def jobs_stand_as_the_acts_upon_them_say(self) -> None:
        rows = self.house.db.all("SELECT * FROM job")
        assert {row["number"] for row in rows} == self.jobs.keys()
        for row in rows:
            expected = self.jobs[row["number"]]
            ended = JobState(row["state"]) in ENDED_JOBS
            if ended:
                expected.hold = None
            assert row["hold"] == expected.hold
            assert bool(row["cancel_requested"]) == expected.stopping
            assert bool(row["expired"]) == expected.expired
            assert bool(row["deleted"]) == expected.deleted
            assert row["generation"] == expected.generation

    @invariant()
    def tokens_are_with_those_who_have_them(self) -> None:
        rows = self.house.db.all("SELECT token, worker FROM task WHERE token IS NOT NULL")
        assert {row["token"]: row["worker"] for row in rows} == {
            token: held.worker for token, held in self.held.items()
        }

    def teardown(self) -> None:
        try:
            self.run_out()
            self.leave_nothing()
        finally:
            self.house.close()

    def run_out(self) -> None:
        """With nobody in its way, every job comes to an end."""
        self.set_paused(paused=False)
        self.set_limit(None)
        for _ in range(60):
            self.release_all()
            for worker in WORKERS:
                self.stop_what_shall_not_go_on(worker)
            self.advance(400)
            while any(held.worker == PLATFORM for held in self.held.values()):
                self.take_bulk_further()
            self.claim_of(PLATFORM, 1)
            self.claim_of(WORKERS[0], 99)
            for held in [each for each in self.held.values() if each.worker != PLATFORM]:
                self.end(held)
        assert not self.held
        states = {row["state"] for row in self.house.db.all("SELECT state FROM job")}
        assert states <= {state.value for state in ENDED_JOBS}
        self.the_tables_keep_what_is_promised()

    def release_all(self) -> None:
        """A bulk action that is still under way may hold jobs back again; those that were at work
        may have ended since."""
        for number, expected in self.jobs.items():
            state = self.house.db.value("SELECT state FROM job WHERE number = :job", job=number)
            if JobState(state) in ENDED_JOBS:
                expected.hold = None
            if expected.hold is not None:
                act = service.resume_job if expected.hold == "paused" else service.unpark_job
                assert self.steer(act, number, expected.who)
                expected.hold = None

    def leave_nothing(self) -> None:
        """All jobs are deleted: no row of theirs stays, and no bytes but those of uploads."""
        for number, expected in self.jobs.items():
            if not expected.deleted:
                assert self.steer(service.delete_job, number, expected.who)
        self.house.now += CENTURY
        while self.jobs:
            self.purge()
        for table in ("job", "task", "attempt", "log", "event", "result", "part", "route", "bulk",
                      "batch", "job_tag", "job_metadata", "item", "idempotency"):  # fmt: skip
            assert self.house.db.value(f"SELECT count(*) FROM {table}") == 0, table
        check_tables(self.house.db)


def play(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_whatever_happens_the_tables_keep_what_is_promised() -> None:
    play(examples=25, steps=50)


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_for_a_long_time_too() -> None:
    play(examples=600, steps=80)
