"""What a service that works on an attempt may do: read its files, tell how far it is, hand results
over. A grant is a secret for one attempt; it ends with the attempt, or by time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from jobmill.core.ids import AttemptId, JobId, RunToken


class MessageKind(StrEnum):
    """What a service sends by itself."""

    HEARTBEAT = "heartbeat"
    RESULT = "result"


def end_mark(pipe: Path) -> Path:
    """The file that stands beside a live pipe once all of the stream is in it.

    The pipe itself ends in the same way when whoever wrote into it is killed.
    """
    return pipe.with_name(f"{pipe.name}.whole")


@dataclass(frozen=True, slots=True)
class GrantedFile:
    """A file that the service may read. `live`: a pipe, which can be read once."""

    path: Path
    media_type: str
    name: str
    live: bool = False


@dataclass(frozen=True, slots=True)
class Grant:
    """The grant of one attempt; `folder` takes what the service sends."""

    attempt: AttemptId
    task: str
    job: JobId
    folder: Path
    files: Sequence[GrantedFile]
    expires_at: datetime
    secret_sha256: str


@dataclass(frozen=True, slots=True)
class EngineMessage:
    """One message of the service about its request number `call`. The bytes of a `file` lie in
    the grant's folder under that name."""

    call: int
    kind: MessageKind
    body: Mapping[str, Any] = field(default_factory=dict)
    file: str | None = None
    media_type: str = ""
    number: int = 0


class GrantStore(Protocol):
    """Grants and what came in under them."""

    def open(
        self,
        token: RunToken,
        secret_sha256: str,
        folder: Path,
        files: Sequence[GrantedFile],
        expires_at: datetime,
    ) -> Grant | None:
        """Make the grant of the attempt with this run token; None when there is no such attempt."""

    def get(self, attempt: AttemptId) -> Grant | None:
        """The grant of an attempt that its task still stands by."""

    def close(self, token: RunToken) -> None:
        """End the grant, with the messages that came in under it."""

    def add(self, attempt: AttemptId, message: EngineMessage) -> bool:
        """Keep a message; says whether the grant is there."""

    def messages(self, attempt: AttemptId, after: int) -> Sequence[EngineMessage]:
        """The messages with a number above `after`, in their order."""

    def count(self, attempt: AttemptId) -> int:
        """How many messages came."""
