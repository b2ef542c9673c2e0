"""With whom a job is shared: records, and where they are kept."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from jobmill.core.ids import JobNumber, TeamNumber, UserNumber
from jobmill.core.jobs.model import Job

MANAGE = "manage"
"""The step whose holders may steer a job like its owner: cancel, retry, restart and the like."""
EVERY_STEP = "*"
"""Stands for every step, `manage` among them."""


@dataclass(frozen=True, slots=True)
class Share:
    """A collaborator: a user, a team, or (with neither) everybody of the job's organization.

    `steps` are the roles whose reviews they may answer, and `manage`, or `*` for all of these; all
    of them see the job.
    """

    user: UserNumber | None = None
    team: TeamNumber | None = None
    steps: tuple[str, ...] = ()


def holds_step(steps: Collection[str], step: str) -> bool:
    """Whether a collaborator with these steps may do what the step stands for."""
    return step in steps or EVERY_STEP in steps


class ShareStore(Protocol):
    """Collaborators of jobs, inside one unit of work."""

    def of_job(self, job: JobNumber) -> Sequence[Share]:
        """All collaborators, in the order in which they were named."""

    def replace(self, job: Job, shares: Sequence[Share]) -> None:
        """These, and nobody else any more."""

    def steps(self, job: JobNumber, user: UserNumber) -> frozenset[str] | None:
        """What the user holds by name, by teams and with everybody; None for no collaborator.

        The caller has checked that both are of one organization.
        """
