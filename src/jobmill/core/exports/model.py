"""The record of an export: what was asked for, as whom, and where the archive is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jobmill.core.exports.formats import ExportFormat
from jobmill.core.ids import AssetNumber, ItemNumber, JobNumber, OrganizationNumber


@dataclass(frozen=True, slots=True)
class ExportSource:
    """A job, or every job of an item, and the stretch of time that is wanted (milliseconds)."""

    job: JobNumber | None = None
    item: ItemNumber | None = None
    start_ms: float | None = None
    end_ms: float | None = None


@dataclass(frozen=True, slots=True)
class ExportOutput:
    """A format with its options, of the results of one task, engine or category, or of all."""

    format: ExportFormat
    options: Mapping[str, Any] = field(default_factory=dict)
    task: str | None = None
    engine: str | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True)
class ExportSpec:
    """Every source in every output, and with `include_media` also what the jobs worked on.

    Or `jobs`: all information on those that it tells, in the words of who starts such an export.
    """

    sources: tuple[ExportSource, ...]
    outputs: tuple[ExportOutput, ...]
    include_media: bool = False
    name: str | None = None
    jobs: Mapping[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "sources": [
                {
                    "job": each.job,
                    "item": each.item,
                    "start_ms": each.start_ms,
                    "end_ms": each.end_ms,
                }
                for each in self.sources
            ],
            "outputs": [
                {
                    "format": each.format.value,
                    "options": dict(each.options),
                    "task": each.task,
                    "engine": each.engine,
                    "category": each.category,
                }
                for each in self.outputs
            ],
            "include_media": self.include_media,
            "name": self.name,
            "jobs": None if self.jobs is None else dict(self.jobs),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "ExportSpec":
        """From `as_json`."""
        return cls(
            tuple(ExportSource(**each) for each in kept["sources"]),
            tuple(
                ExportOutput(**{**each, "format": ExportFormat(each["format"])})
                for each in kept["outputs"]
            ),
            kept["include_media"],
            kept["name"],
            kept.get("jobs"),
        )


@dataclass(frozen=True, slots=True)
class Export:
    """The export that the job `job` makes, seen with the rights of who asked."""

    job: JobNumber
    organization: OrganizationNumber
    spec: ExportSpec
    user_name: str
    rights: frozenset[str]
    admin: bool
    asset: AssetNumber | None = None
