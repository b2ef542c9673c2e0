"""Name the collaborators of a job, when it is submitted or later."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jobmill.core.accounts import Principal, Team, User
from jobmill.core.accounts.service.names import EVERYBODY, team_of, user_of
from jobmill.core.errors import CollaboratorNotFound, InvalidInput, TeamNotFound, UserNotFound
from jobmill.core.ids import JobRef
from jobmill.core.jobs.access import owned_job, visible_job
from jobmill.core.jobs.model import Job
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.sharing import Share

MOST = 100


@dataclass(frozen=True, slots=True)
class Collaborator:
    """Who is asked: a user (id, e-mail address or name) or a team (id or name), `*` for everybody
    of the organization."""

    user: str | None = None
    team: str | None = None
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShareView:
    """A collaborator with their record; without both it is everybody."""

    user: User | None
    team: Team | None
    steps: tuple[str, ...]


def job_collaborators(work: UnitOfWork, who: Principal, job: JobRef) -> Sequence[ShareView]:
    """With whom a job is shared; everybody who sees it sees that too."""
    graph = visible_job(work, who, job)
    return [_view(work, share) for share in work.shares.of_job(graph.job.number)]


def share_job(
    work: UnitOfWork, who: Principal, job: JobRef, collaborators: Sequence[Collaborator]
) -> Sequence[ShareView]:
    """From now on the job is shared with these and nobody else. For owners and admins."""
    graph = owned_job(work, who, job)
    shares = shares_of(work, who, collaborators)
    work.shares.replace(graph.job, shares)
    return [_view(work, share) for share in shares]


def share_job_with_more(
    work: UnitOfWork, who: Principal, job: JobRef, collaborators: Sequence[Collaborator]
) -> Sequence[ShareView]:
    """The job is shared with these, too; one with whom it is gets these steps in addition. For
    owners and admins; answers with all."""
    graph = owned_job(work, who, job)
    shares = _together(
        [*work.shares.of_job(graph.job.number), *shares_of(work, who, collaborators)]
    )
    if len(shares) > MOST:
        raise InvalidInput(f"collaborators: a job has {MOST} at most.", field="collaborators")
    work.shares.replace(graph.job, shares)
    return [_view(work, share) for share in shares]


def unshare_job(work: UnitOfWork, who: Principal, job: JobRef, whom: Collaborator) -> None:
    """The job is shared with this one no longer. For owners and admins. Raises
    CollaboratorNotFound."""
    graph = owned_job(work, who, job)
    before = work.shares.of_job(graph.job.number)
    gone = _found(work, who, whom)
    left = [each for each in before if (each.user, each.team) != (gone.user, gone.team)]
    if len(left) == len(before):
        name = whom.user if whom.user is not None else whom.team
        raise CollaboratorNotFound(f"The job is not shared with {name!r}.")
    work.shares.replace(graph.job, left)


def share_new_job(
    work: UnitOfWork, who: Principal, job: Job, collaborators: Sequence[Collaborator]
) -> None:
    """Share a job that was made in the same unit of work; costs nothing where nobody is named."""
    if collaborators:
        work.shares.replace(job, shares_of(work, who, collaborators))


def shares_of(
    work: UnitOfWork, who: Principal, collaborators: Sequence[Collaborator]
) -> Sequence[Share]:
    """The rows behind what was asked; the same one named twice gets the steps of both.

    Raises InvalidInput, which names the place in the list.
    """
    if len(collaborators) > MOST:
        raise InvalidInput(f"collaborators: name {MOST} at most.", field="collaborators")
    return _together(
        _share(work, who, each, f"collaborators.{index}")
        for index, each in enumerate(collaborators)
    )


def _together(shares: Iterable[Share]) -> list[Share]:
    """Each once, with all steps."""
    found: dict[tuple[int | None, int | None], Share] = {}
    for share in shares:
        key = (share.user, share.team)
        before = found[key].steps if key in found else ()
        steps = tuple(dict.fromkeys([*before, *share.steps]))
        found[key] = Share(share.user, share.team, steps)
    return list(found.values())


def _share(work: UnitOfWork, who: Principal, asked: Collaborator, place: str) -> Share:
    if (asked.user is None) == (asked.team is None):
        raise InvalidInput(f"{place}: give either user or team.", field=place)
    try:
        return _found(work, who, asked)
    except (UserNotFound, TeamNotFound) as refusal:
        field = f"{place}.{'user' if asked.user is not None else 'team'}"
        raise InvalidInput(f"{field}: {refusal.message}", field=field) from None


def _found(work: UnitOfWork, who: Principal, asked: Collaborator) -> Share:
    """Raises UserNotFound, TeamNotFound."""
    if EVERYBODY in (asked.user, asked.team):
        return Share(steps=asked.steps)
    if asked.user is not None:
        user = user_of(work.accounts, who.organization, asked.user)
        return Share(user=user.number, steps=asked.steps)
    team = team_of(work.teams, who.organization, asked.team or "")
    return Share(team=team.number, steps=asked.steps)


def _view(work: UnitOfWork, share: Share) -> ShareView:
    return ShareView(
        None if share.user is None else work.accounts.user(share.user),
        None if share.team is None else work.teams.get(share.team),
        share.steps,
    )
