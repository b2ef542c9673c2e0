"""What can be done to a job that has not ended, or shall run again; and what is said of it."""

from typing import Any

from jobmill_client.calls import call
from jobmill_client.models import Job
from jobmill_client.resources.job_ref import JobRef, path_of
from jobmill_client.resources.outputs import OutputCalls
from jobmill_client.steps import Program


class HoldingCalls(OutputCalls):
    """A part of the calls about jobs."""

    @call
    def pause(self, job: JobRef, *, stop: bool = False) -> Program[Job]:
        """Start nothing new of it. What runs comes to its end, or is stopped too (`stop`)."""
        return self._do(job, "pause", {"stop": stop}, repeatable=True)

    @call
    def resume(self, job: JobRef) -> Program[Job]:
        """Let a paused job go on. Raises Conflict unless it is paused."""
        return self._do(job, "resume")

    @call
    def park(self, job: JobRef) -> Program[Job]:
        """Put a queued job aside. Raises Conflict once it has begun."""
        return self._do(job, "park", repeatable=True)

    @call
    def unpark(self, job: JobRef) -> Program[Job]:
        """Queue a parked job. Raises Conflict unless it is parked."""
        return self._do(job, "unpark")

    @call
    def rewind(self, job: JobRef, task: str) -> Program[Job]:
        """Run an ended job again from this task on. Raises Conflict unless it has ended."""
        return self._do(job, "rewind", {"task": task})

    @call
    def edit(self, job: JobRef, /, **changes: Any) -> Program[Job]:
        """Change `name`, `tags`, `add_tags`, `remove_tags`, `metadata`, `priority`, `due`,
        `expires_at` or `retain_until`; None clears, times may be datetimes."""
        return self._ask(Job, "PATCH", path_of(job), json=plain(changes), repeatable=True)

    @call
    def mark(self, job: JobRef, correct: bool | None) -> Program[Job]:
        """Say whether the output of a completed job is right; None takes that back."""
        body = {"correct": correct}
        return self._ask(Job, "PUT", f"{path_of(job)}/mark", json=body, repeatable=True)

    def _do(
        self, job: JobRef, verb: str, body: Any = None, *, repeatable: bool | None = None
    ) -> Program[Job]:
        return self._ask(Job, "POST", f"{path_of(job)}/{verb}", json=body, repeatable=repeatable)


def plain(fields: dict[str, Any]) -> dict[str, Any]:
    """With times as JSON has them."""
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in fields.items()
    }
