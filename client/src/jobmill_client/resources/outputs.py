"""The outputs of jobs whose pipelines are programs."""

from typing import Any

from jobmill_client.calls import Calls, call, stream
from jobmill_client.models import Output, OutputEdit
from jobmill_client.resources.job_ref import JobRef, path_of
from jobmill_client.steps import Program, Stream


class OutputCalls(Calls):
    """The calls about one job's output."""

    @call
    def output(self, job: JobRef) -> Program[Output]:
        """The one document that its program promises. Raises NotFound while there is none."""
        return self._ask(Output, "GET", f"{path_of(job)}/output")

    @call
    def edit_output(self, job: JobRef, document: Any) -> Program[Output]:
        """Put another document in its place. Raises InvalidInput if it breaks the schema."""
        return self._ask(Output, "PUT", f"{path_of(job)}/output", json={"document": document})

    @stream
    def output_edits(self, job: JobRef) -> Stream[OutputEdit]:
        """What people put in its place, the oldest first."""
        return self._each(OutputEdit, f"{path_of(job)}/output/edits")
