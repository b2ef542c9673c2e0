"""The figures of `/metrics`: what this process served, what waits, runs and ended anywhere.

Tasks and jobs are counted from the event log, so that those of other worker processes are seen too.
Labels are words of ours, engines, pools and route templates: never a name that a user gave.
"""

import asyncio
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector

from jobmill.core.events import EventType
from jobmill.core.jobs import JobState
from jobmill.core.jobs.figures import (
    DeliveryFigures,
    EndedTask,
    EventCount,
    OpenChunks,
    QueueDepth,
    ReviewFigures,
)
from jobmill.core.jobs.model import Worker
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.states import ENDED_JOBS
from jobmill.core.jobs.waiting import LIVE_FOR
from jobmill.http.house import House

TASK_BATCH = 5_000
_REQUEST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60)
_TASK_SECONDS = (0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 4 * 3600)
_COMMIT_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5)
_JOB_ENDS = frozenset(f"job.{state}" for state in ENDED_JOBS)
_SETTLED = frozenset(
    {
        EventType.TASK_DONE,
        EventType.TASK_FAILED,
        EventType.TASK_CANCELLED,
        EventType.TASK_RETRYING,
        EventType.TASK_RECOVERED,
    }
)
Rows = Mapping[tuple[str, ...], float]


@dataclass(frozen=True, slots=True)
class _Look:
    upto: int
    jobs: Mapping[JobState, int]
    counts: Sequence[EventCount]
    depths: Sequence[QueueDepth]
    running: Mapping[str, int]
    chunks: Sequence[OpenChunks]
    workers: Sequence[Worker]
    deliveries: DeliveryFigures
    reviews: ReviewFigures
    more: Sequence[Rows]


class Metrics:
    """The figures of one process, in a registry of their own; events count from its start on."""

    def __init__(self, last_event: int, last_try: int) -> None:
        self._after = last_event
        self._delivered = last_try
        self._one_at_a_time = asyncio.Lock()
        self._registry = CollectorRegistry()
        self._more: list[tuple[Gauge, Callable[[UnitOfWork], Rows]]] = []
        ProcessCollector(registry=self._registry)
        self._requests = self._counter(
            "jobmill_http_requests", "Requests answered.", "method", "route", "status"
        )
        self._request_seconds = self._histogram(
            "jobmill_http_request_seconds", "Time until an answer began.", _REQUEST_SECONDS, "route"
        )
        self._commit_seconds = self._histogram(
            "jobmill_database_commit_seconds", "Time of commits of this process.", _COMMIT_SECONDS
        )
        self._jobs = self._gauge("jobmill_jobs", "Jobs by state.", "state")
        self._created = self._counter("jobmill_jobs_created", "Jobs created.", "type")
        self._ended = self._counter("jobmill_jobs_ended", "Jobs that ended.", "type", "state")
        self._claims = self._counter("jobmill_task_claims", "Tasks taken by workers.")
        self._settlements = self._counter(
            "jobmill_task_settlements", "Attempts that ended, by what came of the task.", "state"
        )
        self._task_seconds = self._histogram(
            "jobmill_task_seconds",
            "Time that ended tasks took, from their engine's start.",
            _TASK_SECONDS,
            "engine",
            "state",
        )
        self._wait_seconds = self._histogram(
            "jobmill_task_wait_seconds",
            "Time that ended tasks were ready before their engine began.",
            _TASK_SECONDS,
            "engine",
        )
        self._parts = self._counter(
            "jobmill_parts", "Parts that ended tasks had written.", "engine"
        )
        self._part_bytes = self._counter("jobmill_part_bytes", "Bytes of those parts.", "engine")
        self._chunks = self._gauge(
            "jobmill_chunks", "Chunks that are still to be worked on.", "engine", "state"
        )
        self._queued = self._gauge("jobmill_queue_tasks", "Tasks that wait for a worker.", "pool")
        self._oldest = self._gauge(
            "jobmill_queue_oldest_seconds", "How long the oldest of them waits.", "pool"
        )
        self._running = self._gauge("jobmill_tasks_running", "Attempts under way.", "engine")
        self._workers = self._gauge("jobmill_workers", "Live workers.")
        self._slots = self._gauge("jobmill_worker_slots", "Slots of live workers.", "state")
        self._watch_deliveries()
        self._reviews = self._gauge("jobmill_reviews", "Open reviews.", "state")
        self._oldest_review = self._gauge(
            "jobmill_reviews_oldest_seconds", "How long the oldest of them is open."
        )
        self._free = self._gauge("jobmill_disk_free_bytes", "Room where the data folder is.")

    def _watch_deliveries(self) -> None:
        self._waiting = self._gauge(
            "jobmill_deliveries_waiting", "Webhooks that are still to be sent."
        )
        self._overdue = self._gauge(
            "jobmill_deliveries_overdue_seconds", "Since when the first of them is due."
        )
        self._endpoints = self._gauge("jobmill_endpoints", "Endpoints for webhooks.", "state")
        self._tries = self._counter(
            "jobmill_delivery_attempts", "Tries to send a webhook.", "outcome"
        )

    def add(
        self, name: str, words: str, labels: Sequence[str], look: Callable[[UnitOfWork], Rows]
    ) -> None:
        """One more gauge, read from the database at each scrape: values by label values.

        Labels must have few values, and none that a user chose.
        """
        self._more.append((self._gauge(name, words, *labels), look))

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self._requests.labels(method, route, status).inc()
        self._request_seconds.labels(route).observe(seconds)

    def committed(self, seconds: float) -> None:
        """The database committed. On any thread."""
        self._commit_seconds.observe(seconds)

    async def text(self, house: House) -> bytes:
        """All figures in the exposition format."""
        async with self._one_at_a_time:
            now, after = house.clock.now(), self._after
            look = await house.database.read(lambda work: self._look(work, after, now))
            while True:
                place = self._after
                ended = await house.database.read(
                    lambda work, place=place: work.figures.ended_tasks(  # type: ignore[misc]
                        place, look.upto, TASK_BATCH
                    )
                )
                self._observe(ended)
                if len(ended) < TASK_BATCH:
                    break
            self._after = look.upto
            self._show(look, now)
            self._free.set(shutil.disk_usage(house.settings.data).free)
            return generate_latest(self._registry)

    def _look(self, work: UnitOfWork, after: int, now: datetime) -> _Look:
        upto = work.figures.last_event()
        return _Look(
            upto,
            work.figures.jobs_by_state(),
            work.figures.event_counts(after, upto),
            work.figures.queue_depths(),
            work.figures.running_by_engine(),
            work.figures.open_chunks(),
            work.workers.live(now - LIVE_FOR),
            work.figures.deliveries(self._delivered),
            work.figures.reviews(now),
            [look(work) for _, look in self._more],
        )

    def _observe(self, ended: Sequence[EndedTask]) -> None:
        for task in ended:
            self._after = task.event
            if task.seconds is not None:
                self._task_seconds.labels(task.engine, task.state.value).observe(task.seconds)
            if task.waited is not None:
                self._wait_seconds.labels(task.engine).observe(task.waited)
            if task.parts:
                self._parts.labels(task.engine).inc(task.parts)
                self._part_bytes.labels(task.engine).inc(task.part_bytes)

    def _show(self, look: _Look, now: datetime) -> None:
        for events in look.counts:
            self._count(events)
        _set(self._jobs, {(state.value,): float(look.jobs.get(state, 0)) for state in JobState})
        _set(self._queued, {(each.pool,): each.tasks for each in look.depths})
        _set(self._oldest, {(each.pool,): _since(each.oldest, now) for each in look.depths})
        _set(self._running, {(name,): float(count) for name, count in look.running.items()})
        chunks: dict[tuple[str, ...], float] = {}
        for each in look.chunks:
            chunks[each.engine, "queued"], chunks[each.engine, "taken"] = each.queued, each.taken
        _set(self._chunks, chunks)
        self._workers.set(len(look.workers))
        taken = sum(worker.running for worker in look.workers)
        slots = sum(worker.slots for worker in look.workers)
        _set(self._slots, {("taken",): taken, ("free",): slots - taken})
        self._show_deliveries(look.deliveries, now)
        _set(
            self._reviews,
            {("waiting",): look.reviews.waiting, ("claimed",): look.reviews.claimed},
        )
        self._oldest_review.set(_since(look.reviews.oldest, now))
        for (gauge, _), rows in zip(self._more, look.more, strict=True):
            _set(gauge, rows)

    def _show_deliveries(self, seen: DeliveryFigures, now: datetime) -> None:
        self._delivered = seen.last
        self._waiting.set(seen.waiting)
        self._overdue.set(_since(seen.due, now))
        states = ("enabled", "failing", "disabled")
        _set(self._endpoints, {(s,): float(seen.endpoints.get(s, 0)) for s in states})
        self._tries.labels("accepted").inc(seen.accepted)
        self._tries.labels("refused").inc(seen.refused)

    def _count(self, events: EventCount) -> None:
        what = events.type.value.partition(".")[2]
        if events.type is EventType.JOB_CREATED:
            self._created.labels(events.kind).inc(events.count)
        elif events.type.value in _JOB_ENDS:
            self._ended.labels(events.kind, what).inc(events.count)
        elif events.type is EventType.TASK_CLAIMED:
            self._claims.inc(events.count)
        elif events.type in _SETTLED:
            self._settlements.labels(what).inc(events.count)

    def _counter(self, name: str, words: str, *labels: str) -> Counter:
        return Counter(name, words, labels, registry=self._registry)

    def _gauge(self, name: str, words: str, *labels: str) -> Gauge:
        return Gauge(name, words, labels, registry=self._registry)

    def _histogram(
        self, name: str, words: str, buckets: Sequence[float], *labels: str
    ) -> Histogram:
        return Histogram(name, words, labels, buckets=tuple(buckets), registry=self._registry)


def _set(gauge: Gauge, rows: Rows) -> None:
    """These values and no others."""
    if () not in rows:
        gauge.clear()
    for labels, value in rows.items():
        (gauge.labels(*labels) if labels else gauge).set(value)


def _since(moment: datetime | None, now: datetime) -> float:
    """Seconds; 0 where there is none."""
    return 0.0 if moment is None else max(0.0, (now - moment).total_seconds())
