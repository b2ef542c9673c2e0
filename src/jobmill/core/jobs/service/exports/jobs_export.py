"""Start an export of all information on many jobs, and what its making needs to know."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from jobmill.core.accounts import Principal, Right
from jobmill.core.exports.model import ExportSpec
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.exports.read import ExportView
from jobmill.core.jobs.service.exports.start import begin_export
from jobmill.core.jobs.service.filters import JobFilter, filter_from, query_of

NATIVE_NAME = "native"


@dataclass(frozen=True, slots=True)
class JobsExportOptions:
    """What is told of each job beside itself, its input and its output. `shape` is how a job is
    written: a dialect may have a way of its own."""

    results: bool = False
    history: bool = False
    name: str | None = None
    shape: str = NATIVE_NAME


@dataclass(frozen=True, slots=True)
class WantedJobs:
    """The jobs of an export, and what is told of them."""

    filter: JobFilter
    options: JobsExportOptions

    def as_json(self) -> dict[str, Any]:
        """As it is kept with the export."""
        return {"filter": self.filter.as_json(), "options": asdict(self.options)}


def wanted_jobs(kept: Mapping[str, Any]) -> WantedJobs:
    """From `as_json`."""
    return WantedJobs(filter_from(kept["filter"]), JobsExportOptions(**kept["options"]))


def start_jobs_export(
    work: UnitOfWork, who: Principal, wanted: JobFilter, options: JobsExportOptions, now: datetime
) -> ExportView:
    """Make the job that writes an archive with one JSON list of all jobs that a filter matches.

    Jobs that are made later are not in it; of the others it tells what stands when it runs. Raises
    InvalidInput, BatchNotFound.
    """
    who.require(Right.JOBS_READ)
    query_of(work, who, wanted)
    spec = ExportSpec((), (), name=options.name, jobs=WantedJobs(wanted, options).as_json())
    return begin_export(work, who, spec, now)
