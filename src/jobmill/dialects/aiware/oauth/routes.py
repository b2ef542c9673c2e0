"""Authorize and token (RFC 6749 §4.1, §4.4, §6), with the vendor's paths and error words."""

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from jobmill.core.accounts import ApiKey
from jobmill.core.accounts.service import grants
from jobmill.core.accounts.service.sign_in import BEARER_LIFE
from jobmill.core.errors import (
    GrantInvalid,
    InvalidInput,
    JobmillError,
    LoginFailed,
    NotAuthenticated,
    TooManyAttempts,
)
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.dialects.aiware.errors import error_answer
from jobmill.dialects.aiware.oauth.page import HEADERS, POLICY, sign_in_page
from jobmill.dialects.aiware.oauth.tokens import token_maker
from jobmill.http.house import house_of
from jobmill.http.limits import parse_json, read_body
from jobmill.http.sessions import check_stranger, sign_in_user

AUTHORIZE, TOKEN = "/v1/admin/oauth/authorize", "/v1/admin/oauth/token"
FORM_CAP = 64 * 1024
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
ASKED = ("response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge",
         "code_challenge_method")  # fmt: skip
Fields = Mapping[str, str]


class OAuthRefused(Exception):
    """An error that the program is told by its word."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error, self.status = error, status


async def authorize(request: Request) -> Response:
    """Show the sign-in page; the posted form signs in and sends the user back with a code."""
    posted = await _form(request) if request.method == "POST" else {}
    asked = {name: (posted or request.query_params).get(name, "") for name in ASKED}
    house = house_of(request)
    wanted = grants.Request(asked["client_id"], asked["redirect_uri"], asked["code_challenge"])
    try:
        now = house.clock.now()
        client = await house.database.read(
            lambda work: grants.check_request(work.accounts, wanted, now)
        )
    except JobmillError as refusal:
        return error_answer(refusal)
    try:
        _check_asked(asked)
    except OAuthRefused as refusal:
        return _back(asked, error=refusal.error, error_description=str(refusal))
    if not posted:
        return _page(client, asked)
    return await _signed_in(request, client, asked, wanted, posted)


async def _signed_in(
    request: Request, client: ApiKey, asked: Fields, wanted: grants.Request, posted: Fields
) -> Response:
    house = house_of(request)
    try:
        check_stranger(request)
        user = await sign_in_user(request, posted.get("username", ""), posted.get("password", ""))
        now = house.clock.now()
        code = await house.database.write(lambda work: grants.grant_code(work, wanted, user, now))
    except (LoginFailed, TooManyAttempts, InvalidInput) as refusal:
        return _page(client, asked, refusal.message)
    except JobmillError as refusal:
        return error_answer(refusal)
    return _back(asked, code=code)


def _check_asked(asked: Fields) -> None:
    if asked["response_type"] != "code":
        raise OAuthRefused("unsupported_response_type", "response_type: write code.")
    if asked["scope"] not in ("", "all"):
        raise OAuthRefused("invalid_scope", "scope: write all.")
    if asked["code_challenge"] and asked["code_challenge_method"] != "S256":
        raise OAuthRefused("invalid_request", "code_challenge_method: write S256.")


def _page(client: ApiKey, asked: Fields, problem: str = "") -> Response:
    place = urlsplit(asked["redirect_uri"])
    fields = {name: value for name, value in asked.items() if value}
    text = sign_in_page(client.name, f"{place.scheme}://{place.netloc}", fields, problem)
    # The form's answer sends the browser to the program: its address must be allowed here.
    policy = f"{POLICY}; form-action 'self' {place.scheme}://{place.netloc}"
    headers = {**HEADERS, "Content-Security-Policy": policy}
    return HTMLResponse(text, 401 if problem else 200, headers)


def _back(asked: Fields, **answer: str) -> Response:
    """Send the user back to the program, with a code or an error."""
    if asked["state"]:
        answer["state"] = asked["state"]
    uri = asked["redirect_uri"]
    joint = "&" if urlsplit(uri).query else "?"
    return RedirectResponse(f"{uri}{joint}{urlencode(answer)}", 302, NO_STORE)


async def token(request: Request) -> Response:
    """Give a token for a code, for a refresh token, or for the program itself."""
    try:
        form = await _form(request)
        granted = await _granted(request, form)
    except OAuthRefused as refusal:
        return _refusal(refusal.error, str(refusal), refusal.status)
    except GrantInvalid as refusal:
        return _refusal("invalid_grant", refusal.message, 400)
    except NotAuthenticated as refusal:
        return _refusal("invalid_client", refusal.message, 401)
    except JobmillError as refusal:
        return _refusal("invalid_request", refusal.message, 400)
    body = {
        "access_token": granted.token,
        "token_type": "Bearer",
        "expires_in": int(BEARER_LIFE.total_seconds()),
        "scope": "all",
    }
    if granted.refresh is not None:
        body["refresh_token"] = granted.refresh
    return JSONResponse(body, headers=NO_STORE)


async def _granted(request: Request, form: Fields) -> grants.Granted:
    house, now = house_of(request), house_of(request).clock.now()
    client, secret = _client(request, form)

    def grant(work: UnitOfWork) -> grants.Granted:
        make = token_maker(
            house.link_secret,
            house.settings.url,
            client,
            lambda user: work.accounts.organization(user.organization),
        )
        kind = form.get("grant_type")
        if kind == "authorization_code":
            verifier = form.get("code_verifier", "")
            challenge = grants.challenge_of(verifier) if verifier else ""
            wanted = grants.Request(client, form.get("redirect_uri", ""), challenge)
            return grants.redeem_code(work, wanted, secret, form.get("code", ""), now, make)
        if kind == "refresh_token":
            asked = form.get("refresh_token", "")
            return grants.refresh(work, client, secret, asked, now, make)
        if kind == "client_credentials":
            return grants.grant_to_client(work, client, secret, now, make)
        raise OAuthRefused(
            "unsupported_grant_type",
            "grant_type: write authorization_code, refresh_token or client_credentials.",
        )

    return await house.database.write(grant)


def _client(request: Request, form: Fields) -> tuple[str, str | None]:
    """The client's id and secret, from the form or from HTTP Basic."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            name, _, secret = base64.b64decode(given, validate=True).decode().partition(":")
        except (ValueError, binascii.Error):
            raise OAuthRefused("invalid_client", "The credentials are no text.", 401) from None
        return name, secret
    if not form.get("client_id"):
        raise OAuthRefused("invalid_request", "client_id: name the client.")
    return form["client_id"], form.get("client_secret") or None


async def _form(request: Request) -> dict[str, str]:
    """The fields of a URL-encoded form; JSON is taken too."""
    body = await read_body(request, FORM_CAP)
    if "json" in request.headers.get("content-type", ""):
        given = parse_json(body)
        fields = given.items() if isinstance(given, dict) else ()
        return {str(name): str(value) for name, value in fields if value is not None}
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _refusal(error: str, description: str, status: int) -> Response:
    headers = {**NO_STORE, **({"WWW-Authenticate": "Basic"} if status == 401 else {})}
    return JSONResponse({"error": error, "error_description": description}, status, headers)


ROUTES: list[BaseRoute] = [
    Route(AUTHORIZE, authorize, methods=["GET", "POST"]),
    Route(TOKEN, token, methods=["POST"]),
]
