"""Steps of the runtime that makes an export: what to make, as whom, and how it ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobmill.core.accounts import Principal
from jobmill.core.capacity import EXPORT
from jobmill.core.engines import Done, EngineWarning, Failed
from jobmill.core.exports.model import Export
from jobmill.core.ids import JobNumber
from jobmill.core.items import AssetSource, AssetState, Blob, StoredBytes
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.attempts import (
    Finish,
    Notes,
    fail_attempt,
    finish_attempt,
    stop_attempt,
)
from jobmill.core.results import Provenance

ARCHIVE = "application/zip"
WARNINGS = 100


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file that is in the archive now."""

    description: Mapping[str, Any]
    size: int


@dataclass(frozen=True, slots=True)
class ExportMade:
    """An archive that lies in the blob store, what is in it, and what could not be had."""

    stored: StoredBytes
    files: Sequence[WrittenFile]
    media: Sequence[WrittenFile]
    problems: Sequence[str]
    jobs: int | None = None

    def document(self, asset: str) -> dict[str, Any]:
        """The result of the job that made it."""
        counted = {} if self.jobs is None else {"jobs": self.jobs}
        return {
            "asset": asset,
            "size": self.stored.size,
            **counted,
            "files": [{**each.description, "size": each.size} for each in self.files],
            "media": [{**each.description, "size": each.size} for each in self.media],
            "problems": list(self.problems),
        }


def export_to_make(work: UnitOfWork, job: JobNumber) -> tuple[Export, Principal] | None:
    """The export and as whom it is made; None when it was removed."""
    export, graph = work.exports.get(job), work.jobs.graph(job)
    if export is None or graph is None:
        return None
    who = Principal(
        export.organization, graph.job.owner, export.user_name, export.rights, export.admin
    )
    return export, who


def finish_export(
    work: UnitOfWork, notes: Notes, export: Export, made: ExportMade, now: datetime
) -> bool:
    """The archive becomes an asset of who asked. False, and nothing: fenced off or cancelled."""
    graph = work.jobs.lock(notes.job)
    if graph is None or not work.jobs.kept_among([notes.token]):
        stop_attempt(work, notes, now)
        return False
    asset = work.assets.add(
        export.organization,
        f"{export.spec.name or f'export-{export.job}'}.zip",
        ARCHIVE,
        AssetSource.TASK,
        AssetState.READY,
        now,
        blob=Blob(made.stored.sha256, made.stored.size),
        owner=graph.job.owner,
    )
    work.exports.give(export.job, asset.number)
    warnings = tuple(EngineWarning("not_exported", each) for each in made.problems[:WARNINGS])
    formats = sorted({output.format.value for output in export.spec.outputs})
    provenance = Provenance(EXPORT, "1", {"formats": formats}, None)
    done = Done(made.document(asset.handle), warnings=warnings)
    return finish_attempt(work, Finish(notes, done, provenance), now)


def fail_export(work: UnitOfWork, notes: Notes, failed: Failed, now: datetime) -> None:
    """It cannot be made, or was stopped before that was known."""
    if not work.jobs.kept_among([notes.token]):
        stop_attempt(work, notes, now)
        return
    fail_attempt(work, notes, failed, 0.0, now)
