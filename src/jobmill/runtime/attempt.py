"""One attempt from claim to outcome: prepare the inputs, call the engine, keep what it wrote."""

import asyncio
import hashlib
import json
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from jobmill.core.clock import Clock
from jobmill.core.engines import (
    AttemptListener,
    Done,
    EngineCall,
    EngineCatalog,
    EngineInput,
    EngineRunner,
    Failed,
    FailureClass,
    Outcome,
    failed_by,
)
from jobmill.core.errors import JobmillError
from jobmill.core.items import BlobStore
from jobmill.core.jobs.flow import OUT
from jobmill.core.jobs.lead import is_live
from jobmill.core.jobs.machine import MAX_DEATHS
from jobmill.core.jobs.model import Part
from jobmill.core.jobs.ports import Bell, Database
from jobmill.core.jobs.service.attempts import Claimed
from jobmill.core.jobs.service.parts import confidence_in
from jobmill.core.pipelines import Mode
from jobmill.core.results import Provenance
from jobmill.runtime.inputs import InputPreparer
from jobmill.runtime.known_engines import KnownEngines
from jobmill.runtime.notes import AttemptNotes
from jobmill.runtime.spools import Spools
from jobmill.runtime.workdirs import WorkFolders
from jobmill.runtime.writing import LiveNotes, document_part

_COMPACT = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Finished:
    """A success with what it left: parts kept as blobs, and where the facts come from."""

    done: Done
    parts: tuple[Part, ...]
    provenance: Provenance
    seconds: float = 0.0
    chunks: int = 0
    unread: bool = False


class AttemptRun:
    """Runs attempts. Cancelling `run` stops the engine first; its files go in any case."""

    def __init__(
        self,
        catalog: EngineCatalog,
        runner: EngineRunner,
        inputs: InputPreparer,
        blobs: BlobStore,
        folders: WorkFolders,
        spools: Spools,
    ) -> None:
        self._engines = KnownEngines(catalog)
        self._runner = runner
        self._inputs = inputs
        self._blobs = blobs
        self._folders = folders
        self._spools = spools

    def holding(self) -> AbstractAsyncContextManager[None]:
        """Around a run and its settlement: what the run keeps cannot be deleted in between."""
        return self._blobs.holding()

    async def settled(self, claimed: Claimed, database: Database) -> None:
        """What the attempt shared with later ones goes, unless there will be one."""
        if self._spools.has(claimed):
            await self._spools.sweep(database)

    def notes(
        self,
        claimed: Claimed,
        database: Database,
        bell: Bell,
        clock: Clock,
        fenced: Callable[[], object],
    ) -> AttemptNotes:
        """What shall listen to an attempt: its parts are kept as they come, or at its end."""
        notes = AttemptNotes(claimed, database, clock, fenced)
        if is_live(claimed.graph, claimed.task):
            notes = LiveNotes(claimed, database, clock, fenced, self._blobs, bell, bell.ring)
        manifest = self._engines.get(claimed.task.engine)
        if manifest is not None:
            notes.roles = {port.name: port.role for port in manifest.ports if port.role}
        return notes

    async def run(self, claimed: Claimed, listener: AttemptListener) -> Finished | Failed:
        """One attempt to its end; expected failures are values."""
        try:
            workdir = self._folders.take(claimed.task.engine, claimed.token)
        except OSError as error:
            return _storage_failed(error)
        sound = False
        try:
            end = await self._run_in(workdir, claimed, listener)
            sound = isinstance(end, Finished)
            return end
        except JobmillError as error:
            return failed_by(error)
        except OSError as error:
            return _storage_failed(error)
        finally:
            self._folders.give_back(claimed.task.engine, workdir, sound=sound)

    async def _run_in(
        self, workdir: Path, claimed: Claimed, listener: AttemptListener
    ) -> Finished | Failed:
        task = claimed.task
        manifest = self._engines.get(task.engine)
        if manifest is None:
            return Failed(
                FailureClass.PLATFORM,
                "engine_missing",
                f"The engine {task.engine!r} is not installed any more; put it back and retry.",
            )
        notes = listener if isinstance(listener, LiveNotes) else None
        async with self._inputs.prepare(claimed, workdir, manifest, notes) as inputs:
            began = time.perf_counter()
            outcome: Outcome = await self._runner.run(
                EngineCall(
                    token=claimed.token,
                    manifest=manifest,
                    features=task.features,
                    parameters=task.parameters,
                    inputs=inputs,
                    workdir=workdir,
                    mode=task.mode if task.mode is not Mode.CHUNK or claimed.chunks else "whole",
                    credit=None if notes is None else notes.credit,
                    resume={} if notes is None else _kept_already(claimed),
                    spool=self._spools.take(claimed) if manifest.spool else None,
                ),
                listener,
            )
            seconds = time.perf_counter() - began
            if notes is not None:
                await notes.gathered()
                for finish in notes.at_end if isinstance(outcome, Done) else ():
                    await finish()
            if isinstance(outcome, Failed) and outcome.process_died:
                outcome = await _with_input_hash(outcome, claimed, inputs)
        if notes is not None and notes.trouble is not None:
            return notes.trouble
        if isinstance(outcome, Failed):
            return outcome
        blob = claimed.asset.blob if claimed.asset else None
        provenance = Provenance(
            manifest.id, manifest.version, task.parameters, blob.sha256 if blob else None
        )
        parts = await self._keep(claimed, outcome)
        read = _hands_on(claimed)
        if read and not (notes.wrote(OUT) if notes else _wrote(parts, OUT)):
            organization = claimed.graph.job.organization
            text = _COMPACT.encode(outcome.document)
            meta = confidence_in(outcome.document)
            parts = (*parts, await document_part(self._blobs, organization, 0, text, meta))
        chunks = len(claimed.chunks)
        return Finished(outcome, parts, provenance, seconds, chunks, unread=not read)

    async def _keep(self, claimed: Claimed, done: Done) -> tuple[Part, ...]:
        parts: list[Part] = []
        numbers: dict[str, int] = {}
        for output in done.outputs:
            stored = await self._blobs.put_file(claimed.graph.job.organization, output.path)
            number = numbers[output.port] = numbers.get(output.port, -1) + 1
            parts.append(
                Part(
                    output.port,
                    number,
                    stored.sha256,
                    stored.size,
                    output.media_type,
                    output.meta,
                )
            )
        return tuple(parts)


def _hands_on(claimed: Claimed) -> bool:
    """Whether somebody reads the document of a whole or stream task."""
    graph, task = claimed.graph, claimed.task
    return task.mode is not Mode.CHUNK and any(
        route.source_port == OUT for route in graph.readers(task.name)
    )


def _wrote(parts: tuple[Part, ...], port: str) -> bool:
    return any(part.port == port for part in parts)


def _kept_already(claimed: Claimed) -> dict[str, int]:
    """By port: the number of the next part that no earlier attempt has written."""
    if claimed.task.mode is Mode.CHUNK:
        return {}
    return {port: flow.parts for port, flow in claimed.task.flow.ports.items() if flow.parts}


def _storage_failed(error: OSError) -> Failed:
    return Failed(FailureClass.PLATFORM, "storage_failed", f"{error}.")


async def _with_input_hash(
    failed: Failed, claimed: Claimed, inputs: tuple[EngineInput, ...]
) -> Failed:
    """Before a quarantine: which bytes they were that killed the engine again and again."""
    files = [file.path for file in inputs if not file.live]
    if claimed.task.deaths + 1 < MAX_DEATHS or not files:
        return failed
    digests = [await asyncio.to_thread(_sha256, path) for path in files]
    return replace(failed, details={**failed.details, "input_sha256": ", ".join(digests)})


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
