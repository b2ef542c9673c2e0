"""Tokens: a UUID of a day by password, a JWT of a day by OAuth, keys that last."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import OctKey

from jobmill.core.accounts.service.grants import challenge_of
from tests.dialects.aiware.speaking import EMAIL, PASSWORD, Speaker
from tests.running import Running

ME = "{ me { id email organizationId roles { name } } myRights { operations } }"
BACK = "https://app.example/oauth/callback"
TOKEN, AUTHORIZE = "/v1/admin/oauth/token", "/v1/admin/oauth/authorize"


@pytest.fixture
def program(server: Running) -> dict[str, str]:
    """An OAuth client: its id and secret."""
    body = {"name": "Best app ever", "redirect_uris": [BACK]}
    made = server.client.post("/api/v1/keys", json=body).json()
    return {"client_id": made["id"], "client_secret": made["key"]}


@pytest.fixture
def http(server: Running) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.url) as client:
        yield client


def test_a_session_token_says_who_it_is_and_can_be_renewed_and_ended(server: Running) -> None:
    with Speaker(server.url) as api:
        old = api.login()
        assert api.data(ME)["me"]["email"] == EMAIL
        login = "{ token hasPassword user { email } organization { name } }"

        valid = api.data(f'mutation {{ validateToken(token: "{old}") {login} }}')["validateToken"]
        assert valid == {
            "token": old,
            "hasPassword": True,
            "user": {"email": EMAIL},
            "organization": {"name": "default"},
        }
        fresh = api.data(f'mutation {{ refreshToken(token: "{old}") {login} }}')["refreshToken"]
        assert fresh["token"] != old
        assert api.error("{ me { id } }")["name"] == "authentication_error"

        api.token = fresh["token"]
        assert api.data(f'mutation {{ userLogout(token: "{fresh["token"]}") }}')["userLogout"]
        assert api.error("{ me { id } }")["name"] == "authentication_error"


def test_a_wrong_password_is_told_like_an_unknown_user(server: Running) -> None:
    query = """mutation ($name: String!) { userLogin(input: {userName: $name,
      password: "wrong password"}) { token } }"""
    with Speaker(server.url) as api:
        errors = [api.error(query, {"name": name}) for name in (EMAIL, "nobody@example.com")]
    assert {each["name"] for each in errors} == {"authentication_error"}
    assert len({each["message"] for each in errors}) == 1


def test_a_session_token_is_a_bearer_on_the_native_api_and_no_cookie(
    server: Running, http: httpx2.Client
) -> None:
    with Speaker(server.url) as api:
        token = api.login()
    assert http.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert http.get("/api/v1/me", headers={"Cookie": f"jobmill_session={token}"}).status_code == 401


def test_an_api_key_is_a_token_that_lasts(server: Running) -> None:
    with Speaker(server.url, server.key) as api:
        assert "job.create" in api.data(ME)["myRights"]["operations"]


def test_tokens_that_a_key_was_exchanged_for_end_with_the_key(server: Running) -> None:
    made = server.client.post("/api/v1/keys", json={"name": "k", "rights": ["*"]}).json()
    with Speaker(server.url, made["key"]) as api:
        for _ in range(2):
            renew = f'mutation {{ refreshToken(token: "{api.token}") {{ token }} }}'
            api.token = api.data(renew)["refreshToken"]["token"]
        assert api.data("{ me { id } }")["me"]["id"]
        server.client.delete(f"/api/v1/keys/{made['id']}").raise_for_status()
        assert api.error("{ me { id } }")["name"] == "authentication_error"


def test_a_program_gets_a_token_for_itself(
    server: Running, http: httpx2.Client, program: dict[str, str]
) -> None:
    answer = http.post(TOKEN, data={"grant_type": "client_credentials", **program})

    body = answer.json()
    assert answer.status_code == 200, body
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 86400)
    assert "refresh_token" not in body
    assert 900 <= len(body["access_token"]) <= 1150
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", body["access_token"])
    with Speaker(server.url, body["access_token"]) as api:
        assert api.data(ME)["me"]["id"]
        server.client.delete(f"/api/v1/keys/{program['client_id']}")
        assert api.error("{ me { id } }")["name"] == "authentication_error"


def signed_in(http: httpx2.Client, query: dict[str, str], password: str = PASSWORD) -> Any:
    """The answer to the form that the sign-in page shows."""
    page = http.get(AUTHORIZE, params=query)
    assert page.status_code == 200, page.text
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    return http.post(AUTHORIZE, data={**hidden, "username": EMAIL, "password": password})


def test_a_user_signs_in_for_a_program(
    server: Running, http: httpx2.Client, program: dict[str, str]
) -> None:
    client = program["client_id"]
    asked = {"response_type": "code", "client_id": client, "redirect_uri": BACK, "scope": "all"}
    answer = signed_in(http, {**asked, "state": "s p"})
    assert answer.status_code == 302
    back = urlsplit(answer.headers["location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == BACK
    sent = {name: values[0] for name, values in parse_qs(back.query).items()}
    assert sent["state"] == "s p"

    form = {"grant_type": "authorization_code", "code": sent["code"], **program}
    wrong = http.post(TOKEN, data={**form, "redirect_uri": "https://elsewhere.example/"})
    assert (wrong.status_code, wrong.json()["error"]) == (400, "invalid_grant")
    body = http.post(TOKEN, data={**form, "redirect_uri": BACK}).json()
    assert 900 <= len(body["access_token"]) <= 1150
    again = http.post(TOKEN, data={**form, "redirect_uri": BACK}).json()
    assert again["error"] == "invalid_grant"
    with Speaker(server.url, body["access_token"]) as api:
        assert api.data(ME)["me"]["email"] == EMAIL

    renew = {"grant_type": "refresh_token", "refresh_token": body["refresh_token"], **program}
    fresh = http.post(TOKEN, data=renew).json()
    assert fresh["access_token"] != body["access_token"]
    assert http.post(TOKEN, data=renew).json()["error"] == "invalid_grant"


def test_a_program_without_a_secret_proves_itself_by_its_proof_key(
    http: httpx2.Client, program: dict[str, str]
) -> None:
    verifier = "v" * 50
    asked = {
        "response_type": "code",
        "client_id": program["client_id"],
        "redirect_uri": BACK,
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
    }
    location = signed_in(http, asked).headers["location"]
    form = {
        "grant_type": "authorization_code",
        "client_id": program["client_id"],
        "redirect_uri": BACK,
        "code": parse_qs(urlsplit(location).query)["code"][0],
    }
    assert "error" in http.post(TOKEN, data=form).json()
    assert "error" in http.post(TOKEN, data={**form, "code_verifier": "w" * 50}).json()
    assert "access_token" in http.post(TOKEN, data={**form, "code_verifier": verifier}).json()


def test_nobody_is_sent_to_an_address_that_the_client_has_not_named(
    http: httpx2.Client, program: dict[str, str]
) -> None:
    asked = {"response_type": "code", "client_id": program["client_id"]}
    for uri in ("https://evil.example/", BACK + "/x", ""):
        answer = http.get(AUTHORIZE, params={**asked, "redirect_uri": uri})
        assert answer.status_code == 400
        assert "location" not in answer.headers
    other = http.get(AUTHORIZE, params={**asked, "redirect_uri": BACK, "response_type": "token"})
    assert "error=unsupported_response_type" in other.headers["location"]


def test_a_program_names_only_addresses_that_users_may_be_sent_to(server: Running) -> None:
    for uri in ("http://app.example/", "https://app.example/#part", "https://[::1", "nowhere"):
        body = {"name": "app", "redirect_uris": [uri]}
        answer = server.client.post("/api/v1/keys", json=body)
        assert (answer.status_code, answer.json()["field"]) == (422, "redirect_uris"), uri


def test_a_wrong_password_shows_the_page_again(
    http: httpx2.Client, program: dict[str, str]
) -> None:
    asked = {"response_type": "code", "client_id": program["client_id"], "redirect_uri": BACK}
    answer = signed_in(http, asked, "not the password")
    assert answer.status_code == 401
    assert 'role="alert"' in answer.text
    assert 'value="not' not in answer.text


def test_a_wrong_secret_gets_nothing(http: httpx2.Client, program: dict[str, str]) -> None:
    form = {"grant_type": "client_credentials", **program, "client_secret": "wrong"}
    answer = http.post(TOKEN, data=form)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    unknown = http.post(TOKEN, data={**program, "grant_type": "password"}).json()
    assert unknown["error"] == "unsupported_grant_type"


def test_a_token_is_signed_with_the_houses_own_key(
    http: httpx2.Client, program: dict[str, str]
) -> None:
    body = http.post(TOKEN, data={"grant_type": "client_credentials", **program}).json()
    with pytest.raises(BadSignatureError):
        jwt.decode(body["access_token"], OctKey.import_key(b"x" * 32))
