"""Ground truth: known right answers that jobs are measured against."""

from collections.abc import Mapping
from typing import Any

from jobmill_client.calls import Awaited, Blocking, Calls, call, stream
from jobmill_client.inputs import JobInput, input_of
from jobmill_client.models import GroundTruth, Job
from jobmill_client.steps import Program, Stream

TruthRef = GroundTruth | str | int
"""Ground truth, its id, or its number."""


class TruthCalls(Calls):
    """The calls about ground truth."""

    @call
    def add(
        self,
        pipeline: str,
        input: JobInput,  # noqa: A002  the API's own word
        label: Any,
        *,
        tag: str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> Program[GroundTruth]:
        """Keep what is right for an input of a pipeline. Raises InvalidInput, NotFound."""
        body = {"pipeline": pipeline, "input": input_of(input), "label": label}
        return self._add(body, tag, metadata)

    @call
    def add_job(
        self,
        job: Job | str | int,
        *,
        label: Any = None,
        tag: str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> Program[GroundTruth]:
        """Keep a job's input with its output, or with a label instead. Raises Conflict."""
        named = job.id if isinstance(job, Job) else str(job)
        return self._add({"job": named, "label": label}, tag, metadata)

    @stream
    def list(
        self,
        pipeline: str | None = None,
        *,
        tag: str | None = None,
        state: str | None = None,
        limit: int | None = None,
    ) -> Stream[GroundTruth]:
        """Active ones (or `state="deleted"`), newest first."""
        params = {"pipeline": pipeline, "tag": tag, "state": state}
        given = {name: value for name, value in params.items() if value is not None}
        return self._each(GroundTruth, "ground-truths", given, limit)

    @call
    def get(self, truth: TruthRef) -> Program[GroundTruth]:
        """One, a deleted one too. Raises NotFound."""
        return self._ask(GroundTruth, "GET", _path(truth))

    @call
    def edit(self, truth: TruthRef, /, **changes: Any) -> Program[GroundTruth]:
        """Change `input` (in the API's own form), `label`, `tag` (None takes it away) or
        `metadata`."""
        return self._ask(GroundTruth, "PATCH", _path(truth), json=changes, repeatable=True)

    @call
    def delete(self, truth: TruthRef) -> Program[None]:
        """Measure nothing against it any more."""
        return self._tell("DELETE", _path(truth))

    def _add(
        self, body: dict[str, Any], tag: str | None, metadata: Mapping[str, Any] | None
    ) -> Program[GroundTruth]:
        if tag is not None:
            body["tag"] = tag
        if metadata is not None:
            body["metadata"] = dict(metadata)
        return self._ask(GroundTruth, "POST", "ground-truths", json=body)


class Truths(Blocking, TruthCalls):
    """`client.truths`."""


class AsyncTruths(Awaited, TruthCalls):
    """`client.truths`, awaited."""


def _path(truth: TruthRef) -> str:
    return f"ground-truths/{truth.id if isinstance(truth, GroundTruth) else truth}"
