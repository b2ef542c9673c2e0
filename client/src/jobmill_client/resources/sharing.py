"""With whom jobs are shared."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from jobmill_client.connection import Connection
from jobmill_client.models import Collaborator
from jobmill_client.reading import read


class Collaborators:
    """`client.collaborators`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, job: str) -> tuple[Collaborator, ...]:
        """Who sees the job beside its owner and the admins."""
        return _all(self._connection.call("GET", _path(job)))

    def set(self, job: str, collaborators: Sequence[Mapping[str, Any]]) -> tuple[Collaborator, ...]:
        """Share the job with these and nobody else: `{"user" or "team": …, "steps": […]}` each,
        `*` for everybody of the organization."""
        body = {"collaborators": [dict(each) for each in collaborators]}
        return _all(self._connection.call("PUT", _path(job), json=body))


def _path(job: str) -> str:
    return f"jobs/{quote(job, safe='')}/collaborators"


def _all(answer: Mapping[str, Any]) -> tuple[Collaborator, ...]:
    return tuple(read(Collaborator, each) for each in answer["items"])
