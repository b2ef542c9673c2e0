"""Lists: filtered, paged, and right while they grow."""

import threading
from typing import Any

import pytest

from jobmill.core.jobs import JobState
from jobmill.core.jobs.ports import JobQuery
from tests.running import Running


def listed(server: Running, **params: Any) -> list[dict[str, Any]]:
    """Every page."""
    items: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = server.client.get(
            "/api/v1/jobs", params={**params, **({"cursor": cursor} if cursor else {})}
        ).json()
        items += page["items"]
        cursor = page["next"]
        if cursor is None:
            return items


def test_pages_hold_every_job_once_while_jobs_are_added(idle: Running) -> None:
    before = [idle.submit()["number"] for _ in range(25)]
    stop = threading.Event()
    added: list[int] = []

    def add() -> None:
        while not stop.is_set():
            added.append(idle.submit()["number"])

    adding = threading.Thread(target=add)
    adding.start()
    try:
        numbers = [job["number"] for job in listed(idle, limit=3)]
    finally:
        stop.set()
        adding.join()
    assert added
    assert len(numbers) == len(set(numbers))
    assert set(before) <= set(numbers)


def test_the_last_page_says_so_even_when_it_is_full(idle: Running) -> None:
    kept = [idle.submit(origin="x")["created_at"] for _ in range(4)]
    params = {"created_after": kept[0], "limit": 2}
    first = idle.client.get("/api/v1/jobs", params=params).json()
    second = idle.client.get("/api/v1/jobs", params={**params, "cursor": first["next"]}).json()
    assert [len(first["items"]), len(second["items"])] == [2, 2]
    assert second["next"] is None


def test_jobs_are_filtered_by_state_type_and_time(idle: Running) -> None:
    queued = idle.submit()
    cancelled = idle.submit()
    idle.client.post(f"{cancelled['links']['self']}/cancel")
    later = idle.submit()

    def numbers(**params: Any) -> set[int]:
        return {job["number"] for job in listed(idle, **params)}

    assert cancelled["number"] in numbers(state="cancelled")
    assert queued["number"] not in numbers(state="cancelled")
    both = numbers(state=["queued", "cancelled"], limit=2)
    assert {queued["number"], cancelled["number"], later["number"]} <= both
    assert numbers(status="cancelled") == numbers(state="cancelled")
    assert {queued["number"], later["number"]} <= numbers(type="graph", state="queued")
    assert numbers(type="features") == set()
    since = numbers(created_after=later["created_at"])
    assert later["number"] in since
    assert queued["number"] not in since
    assert later["number"] not in numbers(created_before=later["created_at"])


def test_a_list_of_several_states_is_in_order_across_pages(idle: Running) -> None:
    for index in range(6):
        job = idle.submit()
        if index % 2:
            idle.client.post(f"{job['links']['self']}/cancel")
    jobs = listed(idle, state=["cancelled", "queued"], limit=2)
    places = [(job["created_at"], job["number"]) for job in jobs]
    assert places == sorted(places, reverse=True)


@pytest.mark.parametrize("states", [(), (JobState.QUEUED,), (JobState.QUEUED, JobState.FAILED)])
def test_no_page_of_jobs_is_sorted_by_the_database(
    idle: Running, states: tuple[JobState, ...]
) -> None:
    from jobmill.adapters.sql.job_lists import statements

    query = JobQuery(organization=idle.submit()["number"], states=states)  # any number will do

    def plans(work: Any) -> list[str]:
        db = work.jobs._db
        return [
            row["detail"]
            for sql, values in statements(db, query)
            for row in db.all(f"EXPLAIN QUERY PLAN {sql}", **values)
        ]

    found = idle.call(idle.house.database.read(plans))
    assert found
    assert not [plan for plan in found if "TEMP B-TREE" in plan or plan.startswith("SCAN")]


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 1001}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"cursor": "x"}, "cursor"),
        ({"cursor": "é"}, "cursor"),
        ({"cursor": "MTIz"}, "cursor"),
        ({"state": "done"}, "state"),
        ({"created_after": "yesterday"}, "created_after"),
        ({"created_after": "1700000000"}, "created_after"),
        ({"created_before": "2026-13-01T00:00:00Z"}, "created_before"),
        ({"limt": 5}, "limt"),
    ],
)
def test_a_wrong_filter_is_named(idle: Running, params: dict[str, Any], field: str) -> None:
    answer = idle.client.get("/api/v1/jobs", params=params)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_a_list_says_the_same_of_what_waits_as_each_job_itself(server: Running, gate: Any) -> None:
    gates = [gate() for _ in range(4)]
    busy = [server.submit(tasks=[way.task()]) for way in gates]
    for way in gates:
        way.tell("progress 1")
    waiting = [server.submit(priority=30 - index) for index in range(3)]
    shown = {job["id"]: job["wait_reason"] for job in listed(server, state="queued")}
    for ahead, job in enumerate(reversed(waiting)):
        alone = server.client.get(job["links"]["self"]).json()["wait_reason"]
        assert shown[job["id"]] == alone
        assert f"Tasks ahead: {ahead};" in alone["message"]
    for way in gates:
        way.open()
    for job in [*busy, *waiting]:
        server.finish(job)
