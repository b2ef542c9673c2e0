"""One installation to act upon: its database, its organizations, what is expected of its jobs."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from jobmill.adapters.sql.connection import Connection
from jobmill.adapters.sql.migrate import migrate
from jobmill.adapters.sql.work import SqlUnitOfWork
from jobmill.core.accounts import Principal, Right
from jobmill.core.errors import JobmillError
from jobmill.core.ids import EndpointId, JobNumber, RunToken, TaskNumber, WorkerName, new_id
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.attempts import Notes
from jobmill.core.jobs.service.job_input import Outside
from jobmill.core.webhooks import SealedSecret
from jobmill.core.webhooks.ports import NewEndpoint
from tests.adapters.stores.seeds import owner, stranger
from tests.core.graphs import NOW, ListedEngines, engine

T = TypeVar("T")


@dataclass(slots=True)
class Held:
    """An attempt at work, as its worker knows it."""

    worker: WorkerName
    job: JobNumber
    task: TaskNumber
    token: RunToken

    def notes(self, **more: Any) -> Notes:
        return Notes(self.task, self.job, self.token, **more)


@dataclass(slots=True)
class Expected:
    """What must follow from the acts upon a job."""

    who: Principal
    hold: str | None = None
    stopping: bool = False
    expired: bool = False
    deleted: bool = False
    generation: int = 1


@cache
def template() -> Path:
    """A migrated file, made once."""
    path = Path(tempfile.mkdtemp(prefix="jobmill-life-")) / "migrated.db"
    migrate(path)
    return path


class Installation:
    """One data folder's database with two organizations, and transactions upon it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="jobmill-life-"))
        shutil.copy(template(), self.folder / "jobmill.db")
        self.db = Connection(self.folder / "jobmill.db")
        self.now = NOW
        outside: Any = None  # no input comes from outside here
        self.outside = Outside(ListedEngines([engine("noop")]), outside, outside)
        ours, theirs = self.do(lambda work: (owner(work), stranger(work)))
        rights = frozenset({Right.ALL})
        self.ours = Principal(*ours, "admin", rights, admin=True)
        self.theirs = Principal(*theirs, "somebody", rights, admin=True)
        self.do(self._listen)

    def _listen(self, work: UnitOfWork) -> None:
        work.webhooks.endpoints.add(
            NewEndpoint(
                id=EndpointId(new_id()),
                organization=self.ours.organization,
                owner=self.ours.user,
                url="https://a.example",
                events=("job.*",),
                format="standard",
                secrets=(SealedSecret("sealed"),),
                created_at=NOW,
            )
        )

    def do(self, act: Callable[[UnitOfWork], T]) -> T:
        """One transaction, as the writer makes it. Raises what the service raises, undone."""
        self.db.raw.execute("BEGIN IMMEDIATE")
        work = SqlUnitOfWork(self.db)
        try:
            answer = act(work)
        except BaseException:
            self.db.raw.execute("ROLLBACK")
            raise
        self.db.raw.execute("COMMIT")
        return answer

    def tries(self, act: Callable[[UnitOfWork], T]) -> T | None:
        """The same; None when the service refuses."""
        try:
            return self.do(act)
        except JobmillError:
            return None

    def close(self) -> None:
        self.db.close()
        shutil.rmtree(self.folder)
