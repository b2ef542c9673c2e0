"""The folders that the attempts at one piece of work share, for engines that ask for one.

What an engine notes there outlives the attempt: after a crash or a restart the next one goes on
from it. A folder goes when its task has ended, begins anew (another generation) or is deleted.
"""

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path

import structlog

from jobmill.core.errors import JobmillError
from jobmill.core.ids import JobNumber
from jobmill.core.jobs.ports import Database, UnitOfWork
from jobmill.core.jobs.service.attempts import Claimed
from jobmill.core.jobs.states import ENDED_TASKS
from jobmill.core.pipelines import Mode

LOG = structlog.get_logger("jobmill.worker")


class Spools:
    """Folders under one root, which all workers of a data folder share.

    Two attempts at the same work never run at once, so a folder has one user at a time.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._taken: set[str] = set()

    def take(self, claimed: Claimed) -> Path | None:
        """The folder (mode 0700) of an attempt's work; None where each chunk stands by itself.

        Raises OSError when there is no place for it.
        """
        if claimed.task.mode is Mode.CHUNK:
            return None
        name = _name(claimed)
        folder = self._root / name
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._taken.add(name)
        return folder

    def has(self, claimed: Claimed) -> bool:
        """Whether an attempt at this work was given a folder here."""
        return bool(self._taken) and _name(claimed) in self._taken

    async def sweep(self, database: Database) -> None:
        """Remove the folders that no attempt will ask for again."""
        names = await asyncio.to_thread(self._names)
        if not names:
            return
        try:
            over = await database.read(lambda work: [each for each in names if _over(work, each)])
        except JobmillError as refusal:
            LOG.warning("spools.not_swept", error=refusal.message)
            return
        await asyncio.to_thread(self._remove, over)

    def _names(self) -> list[str]:
        return [each.name for each in self._root.iterdir()] if self._root.is_dir() else []

    def _remove(self, names: Sequence[str]) -> None:
        for name in names:
            shutil.rmtree(self._root / name, ignore_errors=True)
            self._taken.discard(name)


def _name(claimed: Claimed) -> str:
    task = claimed.task
    return f"{task.job}-{task.number}-{task.generation}"


def _over(work: UnitOfWork, name: str) -> bool:
    """Whether the work of this folder's name is done, gone, or begun anew."""
    try:
        job, number, generation = (int(each) for each in name.split("-"))
    except ValueError:
        return True
    graph = work.jobs.graph(JobNumber(job))
    if graph is None or graph.job.deleted:
        return True
    for task in (*graph.tasks, *graph.lanes):
        if task.number == number:
            return task.generation != generation or task.state in ENDED_TASKS
    return True
