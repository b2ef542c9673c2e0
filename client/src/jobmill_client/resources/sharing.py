"""With whom jobs are shared."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from jobmill_client.calls import Awaited, Blocking, Calls, call
from jobmill_client.models import Collaborator
from jobmill_client.reading import read
from jobmill_client.steps import Program


class CollaboratorCalls(Calls):
    """The calls about collaborators."""

    @call
    def of(self, job: str) -> Program[tuple[Collaborator, ...]]:
        """Who sees the job beside its owner and the admins."""
        return self._all(Collaborator, _path(job))

    @call
    def set(
        self, job: str, collaborators: Sequence[Mapping[str, Any]]
    ) -> Program[tuple[Collaborator, ...]]:
        """Share the job with these and nobody else: `{"user" or "team": …, "steps": […]}` each,
        `*` for everybody of the organization."""
        body = {"collaborators": [dict(each) for each in collaborators]}
        answer = yield from self._answer("PUT", _path(job), json=body)
        return tuple(read(Collaborator, each) for each in answer["items"])

    @call
    def add(
        self, job: str, collaborators: Sequence[Mapping[str, Any]]
    ) -> Program[tuple[Collaborator, ...]]:
        """Share the job with these, too, and give all with whom it is shared then. Who is there
        already gets the steps in addition."""
        body = {"collaborators": [dict(each) for each in collaborators]}
        answer = yield from self._answer("POST", _path(job), json=body)
        return tuple(read(Collaborator, each) for each in answer["items"])

    @call
    def remove(
        self, job: str, *, user: str | None = None, team: str | None = None
    ) -> Program[None]:
        """Share the job with this user or this team no longer; the user `*` is everybody."""
        if (user is None) == (team is None):
            raise ValueError("give either user or team")
        kind, name = ("users", user) if user is not None else ("teams", team)
        return self._tell("DELETE", f"{_path(job)}/{kind}/{quote(name or '', safe='')}")


class Collaborators(Blocking, CollaboratorCalls):
    """`client.collaborators`."""


class AsyncCollaborators(Awaited, CollaboratorCalls):
    """`client.collaborators`, awaited."""


def _path(job: str) -> str:
    return f"jobs/{quote(job, safe='')}/collaborators"
