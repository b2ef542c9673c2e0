"""Jobs as exports of the vendor's have them: the job object with its output beside it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.exports.shapes import JobRecord, JobShape
from jobmill.core.jobs.states import JobState
from jobmill.dialects.superai.mapping.apps import FORMAT
from jobmill.dialects.superai.mapping.jobs import job_object
from jobmill.dialects.superai.mapping.times import moment_of
from jobmill.dialects.superai.outputs import found_in
from jobmill.dialects.superai.seeing import seen_in


def write(work: UnitOfWork, record: JobRecord) -> Mapping[str, Any]:
    """One job: `response` is null until it has an output; `history` is there where it is wanted."""
    job = record.graph.job
    (seen,) = seen_in(work, [job])
    seen = replace(seen, mark=record.mark)
    if not record.owned:
        seen = replace(seen, batch=None, callback=None)
    found = {**job_object(seen), "response": _response(work, record)}
    if record.history:
        found["history"] = [
            {
                "event": each.type.value,
                "at": moment_of(each.at),
                "task": each.task,
                "data": dict(each.data),
            }
            for each in record.history
        ]
    return found


def _response(work: UnitOfWork, record: JobRecord) -> Any:
    job = record.graph.job
    if record.output is not None:
        return record.output.document
    return found_in(work.results.of_job(job.number)) if job.state is JobState.COMPLETED else None


JOBS = JobShape(FORMAT, write)
