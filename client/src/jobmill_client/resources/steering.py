"""Batches, bulk actions, search, pools and limits."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from jobmill_client.calls import Awaited, Blocking, Calls, call, stream
from jobmill_client.inputs import JobInput, input_of
from jobmill_client.models import Batch, BatchError, Bulk, Job, Limit, Pool, SearchHit
from jobmill_client.resources.holding import plain
from jobmill_client.steps import Program, Stream, once

BatchRef = Batch | str | int
"""A batch, its id, or its number."""


class BatchCalls(Calls):
    """The calls about batches."""

    @call
    def create(
        self,
        jobs: Sequence[Mapping[str, Any]] = (),
        *,
        template: Mapping[str, Any] | None = None,
        rows: Iterable[Mapping[str, Any]] = (),
        name: str | None = None,
        idempotency_key: str | None = None,
    ) -> Program[Batch]:
        """Make jobs together, all or none: whole `jobs`, or a `template` and the `rows` (each with
        its `input`) that differ from it, in the API's own form.

        Without an `idempotency_key` one is made, so that a lost answer never makes a second batch.
        """
        body: dict[str, Any] = {"name": name, "jobs": list(jobs)}
        if template is not None:
            body |= {"template": template, "rows": list(rows)}
        headers = once(idempotency_key)
        return self._ask(Batch, "POST", "batches", json=body, headers=headers)

    @call
    def start(
        self,
        /,
        pipeline: str,
        inputs: Sequence[Any] | None = None,
        *,
        file: JobInput | None = None,
        format: str | None = None,  # noqa: A002  the API's own word
        strict: bool = False,
        key: str | None = None,
        name: str | None = None,
        idempotency_key: str | None = None,
        **jobs: Any,
    ) -> Program[Batch]:
        """Make each of the `inputs`, or each row of a `file` on the server (an `Asset`, a `data://`
        path, an address), into a job of a pipeline, in the background.

        `strict`: all of them or none. `key`: no two rows may have the same value in this field.
        `jobs` are fields that all jobs share: tags, metadata, params, priority, parked, callback …
        Without an `idempotency_key` one is made, so that a lost answer never makes a second batch.
        """
        given = {
            "inputs": None if inputs is None else list(inputs),
            "file": None if file is None else input_of(file),
            "format": format,
            "key": key,
            "name": name,
            **jobs,
        }
        body = plain({word: value for word, value in given.items() if value is not None})
        body |= {"pipeline": pipeline, "strict": strict}
        headers = once(idempotency_key)
        return self._ask(Batch, "POST", "batches/rows", json=body, headers=headers)

    @stream
    def errors(self, batch: BatchRef, limit: int | None = None) -> Stream[BatchError]:
        """What is wrong with rows, by row."""
        return self._each(BatchError, f"{_path(batch)}/errors", {}, limit)

    @call
    def get(self, batch: BatchRef) -> Program[Batch]:
        """The batch with its progress. Raises NotFound."""
        return self._ask(Batch, "GET", _path(batch))

    @stream
    def list(self, limit: int | None = None) -> Stream[Batch]:
        """Batches, newest first."""
        return self._each(Batch, "batches", {}, limit)

    @call
    def cancel(self, batch: BatchRef) -> Program[Job]:
        """Read no more of it and cancel what has not ended; the job that does so."""
        return self._ask(Job, "POST", f"{_path(batch)}/cancel")

    @call
    def retry(self, batch: BatchRef) -> Program[Job]:
        """Run again what did not succeed of its jobs that have ended; the job that does so."""
        return self._ask(Job, "POST", f"{_path(batch)}/retry")

    @call
    def restart(self, batch: BatchRef) -> Program[Job]:
        """Run all of its jobs that have ended again; the job that does so."""
        return self._ask(Job, "POST", f"{_path(batch)}/restart")


class Batches(Blocking, BatchCalls):
    """`client.batches`."""


class AsyncBatches(Awaited, BatchCalls):
    """`client.batches`, awaited."""


class PoolCalls(Calls):
    """The calls about pools."""

    @call
    def list(self) -> Program[tuple[Pool, ...]]:
        """All pools, by name."""
        return self._all(Pool, "pools")

    @call
    def pause(self, pool: str) -> Program[Pool]:
        """Start nothing new in it. Raises NotFound."""
        return self._ask(Pool, "POST", f"pools/{pool}/pause", repeatable=True)

    @call
    def resume(self, pool: str) -> Program[Pool]:
        """Let it go on."""
        return self._ask(Pool, "POST", f"pools/{pool}/resume", repeatable=True)


class Pools(Blocking, PoolCalls):
    """`client.pools`."""


class AsyncPools(Awaited, PoolCalls):
    """`client.pools`, awaited."""


class LimitCalls(Calls):
    """The calls about limits."""

    @call
    def list(self) -> Program[tuple[Limit, ...]]:
        """All limits that concern the caller."""
        return self._all(Limit, "limits")

    @call
    def set(
        self, running: int, *, organization: str | None = None, engine: str | None = None
    ) -> Program[Limit]:
        """At most so many tasks at once: of an organization (id or name), by an engine, or both."""
        body = {"running": running, "organization": organization, "engine": engine}
        return self._ask(Limit, "PUT", "limits", json=body)

    @call
    def delete(self, limit: Limit | str) -> Program[None]:
        """Hold nobody back by it any more."""
        return self._tell("DELETE", f"limits/{limit if isinstance(limit, str) else limit.id}")


class Limits(Blocking, LimitCalls):
    """`client.limits`."""


class AsyncLimits(Awaited, LimitCalls):
    """`client.limits`, awaited."""


class ManyCalls(Calls):
    """Calls about many jobs at once; a part of the client itself."""

    @call
    def bulk(
        self,
        action: str,
        filter: Mapping[str, Any],  # noqa: A002  the API's own word
        *,
        changes: Mapping[str, Any] | None = None,
        correct: bool | None = None,
        dry_run: bool = False,
    ) -> Program[Bulk]:
        """Act upon every job that a filter matches, as a job of its own; or only count them.

        `changes` are for the actions `edit` and `tag`, `correct` for `mark`."""
        body: dict[str, Any] = {"action": action, "filter": dict(filter), "dry_run": dry_run}
        if changes is not None:
            body["changes"] = dict(changes)
        if action == "mark":
            body["correct"] = correct
        return self._ask(Bulk, "POST", "bulk", json=body)

    @stream
    def search(self, words: str, limit: int | None = None) -> Stream[SearchHit]:
        """Jobs by words in their names, tags, metadata and results, newest first."""
        return self._each(SearchHit, "search", {"q": words}, limit)


def _path(batch: BatchRef) -> str:
    return f"batches/{batch.id if isinstance(batch, Batch) else batch}"
