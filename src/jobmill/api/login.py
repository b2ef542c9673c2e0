"""Sign in and sign out."""

from fastapi import Request, Response

from jobmill.api.answers import WITH_BODY, answer, problems
from jobmill.api.route import OpenRoute, TheHouse, native_router
from jobmill.api.schemas.accounts import Login, Me
from jobmill.api.sessions import me_of
from jobmill.core.accounts import session_principal
from jobmill.core.accounts.service.sign_in import close_session
from jobmill.http.sessions import check_origin, give_cookie, session_token, sign_in, take_cookie

router = native_router("sessions", OpenRoute)
_COOKIE = {"Set-Cookie": {"description": "The session's cookie.", "schema": {"type": "string"}}}


@router.post(
    "/login",
    summary="Sign in",
    responses={**answer(200, "Who you are.", _COOKIE), **problems(*WITH_BODY, 429)},
    openapi_extra={"security": []},
)
async def login(body: Login, request: Request, response: Response, house: TheHouse) -> Me:
    """Sign in by e-mail address and password: the answer sets a cookie that scripts cannot read.

    Attempts are limited per account and per network address.
    """
    _, _, token = await sign_in(request, body.email, body.password.get_secret_value())
    give_cookie(response, house, token)
    now = house.clock.now()
    who, _ = await house.database.read(lambda work: session_principal(work, token, now))
    return await me_of(house, who)


@router.post(
    "/logout",
    status_code=204,
    response_class=Response,
    summary="Sign out",
    responses={**answer(204, "You are signed out.", _COOKIE), **problems()},
    openapi_extra={"security": []},
)
async def logout(request: Request, house: TheHouse) -> Response:
    """End the session of the cookie; without one nothing happens."""
    token = session_token(request)
    response = Response(status_code=204)
    if token is not None:
        check_origin(request)
        await house.database.write(lambda work: close_session(work, token))
        take_cookie(response, house)
    return response
