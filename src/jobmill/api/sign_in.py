"""Sign in at an identity provider (OpenID Connect): there, and back with its answer."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Query, Request, Response
from pydantic import ConfigDict, Field
from starlette.responses import RedirectResponse

from jobmill.api.answers import LOCATION, answer, problems
from jobmill.api.route import FreeRoute, TheHouse, native_router
from jobmill.api.schemas.jobs import PREFIX
from jobmill.api.schemas.shared import Body
from jobmill.core.accounts.identity import PATIENCE, IdentityProvider, SignInFlow
from jobmill.core.accounts.service.sign_in_by_identity import sign_in_by_identity
from jobmill.core.errors import LoginFailed, NotFound
from jobmill.http.house import House
from jobmill.http.sessions import give_cookie

router = native_router("sessions", FreeRoute)
HERE = f"{PREFIX}/login/oidc"
BACK = f"{HERE}/callback"
FLOW_COOKIE = "jobmill_sign_in"
SEE_OTHER = 303


class StartQuery(Body):
    """Where to go afterwards."""

    to: str = Field("/", max_length=1000, description="A path of this server.")


class BackQuery(Body):
    """The provider's answer; it may say more than is read here."""

    model_config = ConfigDict(extra="ignore")

    state: str = Field("", max_length=200)
    code: str = Field("", max_length=2000)
    error: str | None = Field(None, max_length=200)


@router.get(
    "/login/oidc",
    status_code=SEE_OTHER,
    response_class=Response,
    summary="Sign in at a provider",
    responses={**answer(SEE_OTHER, "To the provider.", LOCATION), **problems(404)},
    openapi_extra={"security": []},
)
async def start_sign_in(query: Annotated[StartQuery, Query()], house: TheHouse) -> Response:
    """Send the browser to the identity provider of `JOBMILL_OIDC_ISSUER`; 404 without one."""
    provider = _provider(house)
    flow = SignInFlow.begin(house.clock.now())
    response = RedirectResponse(await provider.address(flow, _back(house)), SEE_OTHER)
    response.set_cookie(
        FLOW_COOKIE,
        f"{flow.secret}|{_local(query.to)}",
        max_age=int(PATIENCE.total_seconds()),
        path=HERE,
        secure=house.settings.url.startswith("https:"),
        httponly=True,
        samesite="lax",
    )
    return response


@router.get(
    "/login/oidc/callback",
    status_code=SEE_OTHER,
    response_class=Response,
    summary="Come back from a provider",
    responses={**answer(SEE_OTHER, "Signed in.", LOCATION), **problems(404)},
    openapi_extra={"security": []},
)
async def finish_sign_in(
    query: Annotated[BackQuery, Query()], request: Request, house: TheHouse
) -> Response:
    """Check the provider's answer and open a session for the user whom it is about."""
    provider = _provider(house)
    secret, _, to = request.cookies.get(FLOW_COOKIE, "").partition("|")
    flow, now = SignInFlow(secret), house.clock.now()
    flow.check(query.state, now)
    if query.error is not None or not query.code:
        raise LoginFailed(f"The provider refuses the sign-in: {query.error or 'no code'}.")
    identity = await provider.redeem(flow, query.code, _back(house), now)
    _, _, token = await house.database.write(lambda work: sign_in_by_identity(work, identity, now))
    response = RedirectResponse(_local(to), SEE_OTHER)
    give_cookie(response, house, token)
    response.delete_cookie(FLOW_COOKIE, path=HERE)
    return response


def _provider(house: House) -> IdentityProvider:
    if house.provider is None:
        raise NotFound("Sign-in at a provider is not set up; see JOBMILL_OIDC_ISSUER.")
    return house.provider


def _back(house: House) -> str:
    return house.settings.url + BACK


def _local(path: str) -> str:
    """The path, if it leads nowhere but to this server."""
    inside = path.startswith("/") and not path.startswith("//")  # nothing else has a host
    parts = urlsplit(path) if inside and path.isprintable() and path.isascii() else None
    plain = parts is not None and not (parts.scheme or parts.netloc)
    sound = not set('\\";,| ') & set(path)
    return path if plain and sound else "/"
