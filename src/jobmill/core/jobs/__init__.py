"""Jobs: records, states, transitions, and the use cases in `service`."""

from jobmill.core.jobs.states import JobState, TaskState

__all__ = ["JobState", "TaskState"]
