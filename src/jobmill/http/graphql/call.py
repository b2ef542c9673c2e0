"""One call while it is answered: who calls, the view of the database that is open, what it cost."""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from starlette.requests import Request

from jobmill.core.accounts import Principal
from jobmill.core.engines import EngineCatalog
from jobmill.core.errors import LimitExceeded, NotAuthenticated
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.http.graphql.uploads import Upload
from jobmill.http.house import House

SECONDS = 10.0
MOST_RECORDS = 20_000


@dataclass(slots=True)
class Call:
    """What resolvers get. `work` is open only while an answer is put together.

    `ASK` is what somebody is told who has shown no key.
    """

    ASK: ClassVar[str] = "Send an API key: 'Authorization: Bearer KEY'."
    request: Request
    house: House
    now: datetime
    caller: Principal | None
    refusal: NotAuthenticated | None
    token: str | None
    loop: asyncio.AbstractEventLoop
    upload: Upload | None = None
    view: UnitOfWork | None = None
    done: dict[str, Any] = field(default_factory=dict)
    kept: dict[Any, Any] = field(default_factory=dict)
    spent: int = 0
    until: float = field(default_factory=lambda: time.monotonic() + SECONDS)

    @property
    def who(self) -> Principal:
        """The caller. Raises NotAuthenticated."""
        if self.caller is None:
            raise self.refusal or NotAuthenticated(self.ASK)
        return self.caller

    @property
    def work(self) -> UnitOfWork:
        """The open view of the database."""
        assert self.view is not None  # noqa: S101  resolvers run inside of one
        return self.view

    @property
    def catalog(self) -> EngineCatalog:
        """The installed engines."""
        return self.house.outside.catalog

    def spend(self, records: int) -> None:
        """Count records that the answer holds. Raises LimitExceeded for too many, or too late."""
        self.spent += records
        if self.spent > MOST_RECORDS:
            raise LimitExceeded(
                f"The answer would hold more than {MOST_RECORDS} records; ask for smaller pages."
            )
        if time.monotonic() > self.until:
            raise LimitExceeded(f"The query takes longer than {SECONDS:.0f} s; ask for less.")

    @property
    def base(self) -> str:
        """The address of this server as the client knows it."""
        return self.house.settings.public_url.rstrip("/") or str(self.request.base_url).rstrip("/")
