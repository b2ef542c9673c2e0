"""Collaborators as they are named and shown."""

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from jobmill.api.schemas.shared import Answer, Body, Page
from jobmill.core.accounts.service.names import EMAIL_LIMIT
from jobmill.core.jobs.service import Collaborator as Asked
from jobmill.core.jobs.service import ShareView
from jobmill.core.jobs.service.share_job import MOST

Whom = Annotated[str, StringConstraints(min_length=1, max_length=EMAIL_LIMIT)]
Step = Annotated[str, StringConstraints(pattern=r"^(\*|[A-Za-z0-9_][A-Za-z0-9_. -]{0,99})$")]


class CollaboratorSpec(Body):
    """Whom to share with: exactly one of `user` and `team`; `*` stands for everybody of the
    organization."""

    user: Whom | None = Field(None, description="Id, e-mail address or name; or `*`.")
    team: Whom | None = Field(None, description="Id or name; or `*`.")
    steps: list[Step] = Field(
        [], max_length=50, description="Roles, or `*` for all; `manage` lets them steer the job."
    )

    def asked(self) -> Asked:
        """The core's own form."""
        return Asked(self.user, self.team, tuple(self.steps))


Collaborators = Annotated[list[CollaboratorSpec], Field(max_length=MOST)]


class ShareJob(Body):
    """The collaborators of a job, all of them."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"collaborators": [{"user": "ada@example.org", "steps": ["manage"]}]}]
        }
    )

    collaborators: Collaborators


class SharedUser(Answer):
    """A user with whom a job is shared."""

    id: str
    name: str
    email: str | None


class SharedTeam(Answer):
    """A team with which a job is shared."""

    id: str
    name: str


class Collaborator(Answer):
    """Someone with whom a job is shared."""

    user: SharedUser | None
    team: SharedTeam | None
    everybody: bool = Field(description="Everybody of the organization.")
    steps: list[str]

    @classmethod
    def of(cls, view: ShareView) -> "Collaborator":
        user, team = view.user, view.team
        return cls(
            user=SharedUser(id=user.id, name=user.name, email=user.email) if user else None,
            team=SharedTeam(id=team.id, name=team.name) if team else None,
            everybody=user is None and team is None,
            steps=list(view.steps),
        )


class CollaboratorPage(Page[Collaborator]):
    """All collaborators of a job."""
