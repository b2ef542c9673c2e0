"""What a transport is given: the core's ports, ready to use. Built by the bootstrap."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.requests import HTTPConnection

from jobmill.config import Settings
from jobmill.core.accounts.identity import IdentityProvider
from jobmill.core.clock import Clock
from jobmill.core.engines.register import EnginePlaces
from jobmill.core.items import BlobStore
from jobmill.core.jobs.ports import Bell, Database
from jobmill.core.jobs.service.exports.shapes import JobShape
from jobmill.core.jobs.service.job_input import Outside
from jobmill.core.uploads import UploadSpool
from jobmill.core.watches import FolderWalk


def _few() -> asyncio.Semaphore:
    """Each look at a password takes 16 MiB and a processor: no more of them than this at once."""
    return asyncio.Semaphore(2)


@dataclass(frozen=True, slots=True)
class House:
    """Everything a handler may reach. `stopping` is set when streams shall end,
    `provider` is who else may say who a user is, and `job_shapes` are the dialects' ways to write
    jobs into an export."""

    settings: Settings
    database: Database
    bell: Bell
    outside: Outside
    blobs: BlobStore
    clock: Clock
    uploads: UploadSpool
    link_secret: bytes
    walk: FolderWalk
    provider: IdentityProvider | None = None
    engine_places: EnginePlaces = field(default_factory=EnginePlaces)
    password_looks: asyncio.Semaphore = field(default_factory=_few)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    job_shapes: Sequence[JobShape] = ()


def house_of(connection: HTTPConnection) -> House:
    """The house of the running app."""
    house: House = connection.app.state.house
    return house
