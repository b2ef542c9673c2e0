"""Who you are, and where you are signed in."""

from typing import Annotated

from fastapi import Query, Response

from jobmill.api.answers import problems
from jobmill.api.numbered import piece_of
from jobmill.api.route import Caller, TheHouse, native_router
from jobmill.api.schemas.accounts import Me, MySession, Organization, SessionPage, User
from jobmill.api.schemas.shared import PageQuery
from jobmill.core.accounts import Principal
from jobmill.core.accounts.service.me import Self, who_am_i
from jobmill.core.accounts.service.sessions import end_session, list_sessions
from jobmill.http.house import House

router = native_router("sessions")


@router.get("/me", summary="Who am I", responses=problems())
async def read_me(house: TheHouse, who: Caller) -> Me:
    """You, your organization, and what the key or the session lets you do."""
    return await me_of(house, who)


@router.get("/me/sessions", summary="List your sessions", responses=problems())
async def read_sessions(
    query: Annotated[PageQuery, Query()], house: TheHouse, who: Caller
) -> SessionPage:
    """Where you are signed in, newest first."""
    now = house.clock.now()
    found = await house.database.read(lambda work: list_sessions(work, who, now))
    shown, following = piece_of(query, found, lambda session: session.id)
    return SessionPage(items=[MySession.of(each, who) for each in shown], next=following)


@router.delete(
    "/me/sessions/{session}",
    status_code=204,
    response_class=Response,
    summary="End a session",
    responses=problems(404),
)
async def stop_session(session: str, house: TheHouse, who: Caller) -> None:
    """Sign out there. Live streams that came by it end too."""
    await house.database.write(lambda work: end_session(work, who, session))


async def me_of(house: House, who: Principal) -> Me:
    """The caller and what they may do."""
    found: Self = await house.database.read(lambda work: who_am_i(work.accounts, who))
    return Me(
        user=User.of(found.user),
        organization=Organization.of(found.organization),
        rights=sorted(who.rights),
        proof=found.credential.proof,
        until=found.credential.until,
    )
