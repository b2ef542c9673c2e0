"""Who you are."""

from jobmill.api.answers import problems
from jobmill.api.route import Caller, TheHouse, native_router
from jobmill.api.schemas.accounts import Me, Organization, User
from jobmill.core.accounts import Principal
from jobmill.core.accounts.service.me import Self, who_am_i
from jobmill.http.house import House

router = native_router("sessions")


@router.get("/me", summary="Who am I", responses=problems())
async def read_me(house: TheHouse, who: Caller) -> Me:
    """You, your organization, and what the key or the session lets you do."""
    return await me_of(house, who)


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
