"""Jobs: create, look at, change, wait for, and what they found."""

import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from jobmill_client.connection import Connection
from jobmill_client.errors import WaitTimeout
from jobmill_client.inputs import JobInput, input_of
from jobmill_client.models import Attempt, Event, Job, LogLine, Part, Result, Task, Update
from jobmill_client.paging import read_pages
from jobmill_client.reading import read
from jobmill_client.retrying import Patience
from jobmill_client.stream import follow

JobRef = Job | str | int
"""A job, its id, or its number."""

WAIT_AT_ONCE = 20
PAUSE = 0.1


class Jobs:
    """`client.jobs`."""

    def __init__(self, connection: Connection, patience: Patience) -> None:
        self._connection = connection
        self._patience = patience

    def create(
        self,
        *,
        input: JobInput,  # noqa: A002  the API's own word
        features: Sequence[str] | None = None,
        pipeline: str | None = None,
        tasks: Sequence[Mapping[str, Any]] | None = None,
        routes: Sequence[Mapping[str, Any]] | None = None,
        params: Mapping[str, Any] | None = None,
        priority: int | None = None,
        origin: str | None = None,
        retain_days: float | None = None,
        callback: str | Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Create a job of features, of a pipeline, or of tasks with routes: exactly one of them.

        `callback` is an address to tell of the job's end, or {url, events, secret}.
        Without an `idempotency_key` one is made, so that a lost answer never makes a second job.
        """
        given = {
            "input": input_of(input),
            "features": features and list(features),
            "pipeline": pipeline,
            "tasks": tasks and list(tasks),
            "routes": routes and list(routes),
            "params": params,
            "priority": priority,
            "origin": origin,
            "retain_days": retain_days,
            "callback": callback,
        }
        body = {name: value for name, value in given.items() if value is not None}
        headers = {"Idempotency-Key": idempotency_key or str(uuid.uuid4())}
        return read(Job, self._connection.call("POST", "jobs", json=body, headers=headers))

    def get(self, job: JobRef) -> Job:
        """The job as it is now. Raises NotFound."""
        return self._get(job, {})

    def list(
        self,
        *,
        state: str | Iterable[str] | None = None,
        type: str | None = None,  # noqa: A002  the API's own word
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        limit: int | None = None,
        page_size: int = 100,
    ) -> Iterator[Job]:
        """Jobs, newest first; pages are fetched as the iterator goes. `limit` None: all."""
        states = [state] if isinstance(state, str) else list(state or ())
        params = {
            "state": states or None,
            "type": type,
            "created_after": created_after and created_after.isoformat(),
            "created_before": created_before and created_before.isoformat(),
            "limit": min(page_size, limit) if limit else page_size,
        }
        return read_pages(Job, self._connection, "jobs", params, limit)

    def cancel(self, job: JobRef) -> Job:
        """Stop a job; doing it twice does no harm."""
        return self._change(job, "cancel", repeatable=True)

    def retry(self, job: JobRef) -> Job:
        """Run again what did not succeed. Raises Conflict unless the job has ended."""
        return self._change(job, "retry")

    def restart(self, job: JobRef) -> Job:
        """Run all of an ended job again, under the same id."""
        return self._change(job, "restart")

    def delete(self, job: JobRef) -> None:
        """Remove a job with what it found; one that runs is stopped."""
        self._connection.call("DELETE", _path(job))

    def tasks(self, job: JobRef) -> tuple[Task, ...]:
        """The nodes of the job's graph."""
        return tuple(read_pages(Task, self._connection, f"{_path(job)}/tasks"))

    def attempts(self, job: JobRef) -> tuple[Attempt, ...]:
        """All tries at all tasks, oldest first."""
        return tuple(read_pages(Attempt, self._connection, f"{_path(job)}/attempts"))

    def log(self, attempt: Attempt | str) -> Iterator[LogLine]:
        """What an attempt logged and printed."""
        name = attempt.id if isinstance(attempt, Attempt) else attempt
        return read_pages(LogLine, self._connection, f"attempts/{name}/log")

    def parts(self, job: JobRef, task: str) -> tuple[Part, ...]:
        """The files that a task wrote."""
        return tuple(read_pages(Part, self._connection, f"{_path(job)}/tasks/{task}/parts"))

    def results(self, job: JobRef, feature: str | None = None) -> tuple[Result, ...]:
        """What has been found so far."""
        params = {"feature": feature}
        return tuple(read_pages(Result, self._connection, f"{_path(job)}/results", params))

    def history(self, job: JobRef, after: int = 0) -> Iterator[Event]:
        """The events so far."""
        return read_pages(Event, self._connection, f"{_path(job)}/events", {"after": after or None})

    def events(self, job: JobRef, after: int = 0) -> Iterator[Event]:
        """Events after the number `after`, as they happen, until the job has ended.

        A broken connection is resumed; each event comes once.
        """
        return (frame for frame in self.watch(job, after) if isinstance(frame, Event))

    def watch(self, job: JobRef, after: int = 0) -> Iterator[Event | Update]:
        """Like `events`, with where the job stands in between, whenever its progress changed."""
        return follow(self._connection, _ref(job), after, self._patience)

    def wait(self, job: JobRef, timeout: float | timedelta | None = None) -> Job:
        """The job, once it has ended. Raises WaitTimeout after `timeout` (seconds)."""
        seconds = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout
        deadline = None if seconds is None else time.monotonic() + seconds
        while True:
            left = WAIT_AT_ONCE if deadline is None else deadline - time.monotonic()
            asked = max(0, min(WAIT_AT_ONCE, int(left)))
            asked_at = time.monotonic()
            found = self._get(job, {"Prefer": f"wait={asked}"} if asked else {})
            if found.ended:
                return found
            if deadline is not None and time.monotonic() >= deadline:
                raise WaitTimeout(f"Job {found.number} is {found.state} after {seconds:g} s.")
            # A server may answer at once all the same: it is stopping, or the rest is too short.
            if time.monotonic() - asked_at < asked / 2 or not asked:
                time.sleep(min(PAUSE, max(0.0, left)))

    def _get(self, job: JobRef, headers: Mapping[str, str]) -> Job:
        return read(Job, self._connection.call("GET", _path(job), headers=headers))

    def _change(self, job: JobRef, verb: str, *, repeatable: bool = False) -> Job:
        path = f"{_path(job)}/{verb}"
        return read(Job, self._connection.call("POST", path, repeatable=repeatable))


def _ref(job: JobRef) -> str:
    return job.id if isinstance(job, Job) else str(job)


def _path(job: JobRef) -> str:
    return f"jobs/{_ref(job)}"
