"""Jobs: create, look at, change, wait for, and what they found."""

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from jobmill_client.calls import Awaited, Blocking, call, stream
from jobmill_client.errors import WaitTimeout
from jobmill_client.inputs import JobInput, input_of
from jobmill_client.models import Attempt, Event, Job, LogLine, Part, Result, Task, Update
from jobmill_client.resources.holding import HoldingCalls, plain
from jobmill_client.resources.job_ref import JobRef, path_of, ref_of
from jobmill_client.steps import Pause, Program, Stream, once
from jobmill_client.stream import follow, follow_events

WAIT_AT_ONCE = 20
PAUSE = 0.1


class JobCalls(HoldingCalls):
    """The calls about jobs."""

    @call
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
        retain_until: datetime | None = None,
        name: str | None = None,
        tags: Sequence[str] | None = None,
        metadata: Mapping[str, Any] | None = None,
        due: datetime | None = None,
        expires_at: datetime | None = None,
        parked: bool | None = None,
        people: str | None = None,
        kind: str | None = None,
        callback: str | Mapping[str, Any] | None = None,
        collaborators: Sequence[Mapping[str, Any]] | None = None,
        idempotency_key: str | None = None,
    ) -> Program[Job]:
        """Create a job of features, of a pipeline, or of tasks with routes: exactly one of them.

        `callback` is an address to tell of the job's end, or {url, events, secret}.
        With `people` "none" no review asks anybody.
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
            "retain_until": retain_until,
            "name": name,
            "tags": tags and list(tags),
            "metadata": metadata,
            "due": due,
            "expires_at": expires_at,
            "parked": parked,
            "people": people,
            "kind": kind,
            "callback": callback,
            "collaborators": collaborators and list(collaborators),
        }
        body = plain({name: value for name, value in given.items() if value is not None})
        return self._ask(Job, "POST", "jobs", json=body, headers=once(idempotency_key))

    @call
    def get(self, job: JobRef) -> Program[Job]:
        """The job as it is now. Raises NotFound."""
        return self._get(job, {})

    @stream
    def list(
        self,
        *,
        state: str | Iterable[str] | None = None,
        type: str | None = None,  # noqa: A002  the API's own word
        tags: Sequence[str] = (),
        metadata: Mapping[str, str] | None = None,
        batch: str | int | None = None,
        correct: bool | None = None,
        kind: str | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        limit: int | None = None,
        page_size: int = 100,
    ) -> Stream[Job]:
        """Jobs, newest first; pages are fetched as the iterator goes. `limit` None: all."""
        states = [state] if isinstance(state, str) else list(state or ())
        params = {
            "state": states or None,
            "type": type,
            "tag": list(tags) or None,
            "metadata": [f"{key}:{value}" for key, value in (metadata or {}).items()] or None,
            "batch": batch,
            "correct": None if correct is None else str(correct).lower(),
            "kind": kind,
            "created_after": created_after and created_after.isoformat(),
            "created_before": created_before and created_before.isoformat(),
            "limit": min(page_size, limit) if limit else page_size,
        }
        return self._each(Job, "jobs", params, limit)

    @call
    def cancel(self, job: JobRef) -> Program[Job]:
        """Stop a job; doing it twice does no harm."""
        return self._change(job, "cancel", repeatable=True)

    @call
    def retry(self, job: JobRef) -> Program[Job]:
        """Run again what did not succeed. Raises Conflict unless the job has ended."""
        return self._change(job, "retry")

    @call
    def restart(self, job: JobRef) -> Program[Job]:
        """Run all of an ended job again, under the same id."""
        return self._change(job, "restart")

    @call
    def delete(self, job: JobRef) -> Program[None]:
        """Remove a job with what it found; one that runs is stopped."""
        return self._tell("DELETE", path_of(job))

    @call
    def tasks(self, job: JobRef) -> Program[tuple[Task, ...]]:
        """The nodes of the job's graph."""
        return self._all(Task, f"{path_of(job)}/tasks")

    @call
    def attempts(self, job: JobRef) -> Program[tuple[Attempt, ...]]:
        """All tries at all tasks, oldest first."""
        return self._all(Attempt, f"{path_of(job)}/attempts")

    @stream
    def log(self, attempt: Attempt | str) -> Stream[LogLine]:
        """What an attempt logged and printed."""
        name = attempt.id if isinstance(attempt, Attempt) else attempt
        return self._each(LogLine, f"attempts/{name}/log")

    @call
    def parts(self, job: JobRef, task: str) -> Program[tuple[Part, ...]]:
        """What a task has written so far, by port and number."""
        return self._all(Part, f"{path_of(job)}/tasks/{task}/parts")

    @call
    def results(
        self, job: JobRef, feature: str | None = None, task: str | None = None
    ) -> Program[tuple[Result, ...]]:
        """What has been found so far; of tasks that work chunk by chunk, in each chunk."""
        params = {"feature": feature, "task": task}
        return self._all(Result, f"{path_of(job)}/results", params)

    @stream
    def history(self, job: JobRef, after: int = 0) -> Stream[Event]:
        """The events so far."""
        return self._each(Event, f"{path_of(job)}/events", {"after": after or None})

    @stream
    def events(self, job: JobRef, after: int = 0) -> Stream[Event]:
        """Events after the number `after`, as they happen, until the job has ended.

        A broken connection is resumed; each event comes once.
        """
        return follow_events(self._terms, ref_of(job), after)

    @stream
    def watch(self, job: JobRef, after: int = 0) -> Stream[Event | Update]:
        """Like `events`, with where the job stands in between, whenever its progress changed."""
        return follow(self._terms, ref_of(job), after)

    @call
    def wait(self, job: JobRef, timeout: float | timedelta | None = None) -> Program[Job]:
        """The job, once it has ended. Raises WaitTimeout after `timeout` (seconds)."""
        seconds = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout
        deadline = None if seconds is None else time.monotonic() + seconds
        while True:
            left = WAIT_AT_ONCE if deadline is None else deadline - time.monotonic()
            asked = max(0, min(WAIT_AT_ONCE, int(left)))
            asked_at = time.monotonic()
            found = yield from self._get(job, {"Prefer": f"wait={asked}"} if asked else {})
            if found.ended:
                return found
            if deadline is not None and time.monotonic() >= deadline:
                raise WaitTimeout(f"Job {found.number} is {found.state} after {seconds:g} s.")
            # A server may answer at once all the same: it is stopping, or the rest is too short.
            if time.monotonic() - asked_at < asked / 2 or not asked:
                yield Pause(min(PAUSE, max(0.0, left)))

    def _get(self, job: JobRef, headers: Mapping[str, str]) -> Program[Job]:
        return self._ask(Job, "GET", path_of(job), headers=headers)

    def _change(self, job: JobRef, verb: str, *, repeatable: bool = False) -> Program[Job]:
        return self._ask(Job, "POST", f"{path_of(job)}/{verb}", repeatable=repeatable or None)


class Jobs(Blocking, JobCalls):
    """`client.jobs`."""


class AsyncJobs(Awaited, JobCalls):
    """`client.jobs`, awaited."""
