"""Sign-in at an OpenID Connect provider, with real signed tokens, and everything it must refuse."""

import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from joserfc.jwk import RSAKey

from tests.api.provider import CLIENT, SECRET, Lie, Provider, provider
from tests.running import Running, running

START = "/api/v1/login/oidc"


@pytest.fixture(scope="module")
def idp() -> Iterator[Provider]:
    with provider(time.time) as up:
        yield up


@pytest.fixture(scope="module")
def house(idp: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    data = tmp_path_factory.mktemp("oidc")
    told = {"oidc_issuer": idp.url, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
    with running(data, worker=False, **told) as up:
        for name in ("ada", "ben"):
            body = {"name": name, "email": f"{name}@x.org"}
            assert up.client.post("/api/v1/users", json=body).status_code == 201
        yield up


@pytest.fixture(autouse=True)
def honest(idp: Provider) -> None:
    idp.user = {"email": "Ada@X.org", "email_verified": True}
    idp.lie, idp.sign, idp.about = (lambda claims: None), Provider.signed, {}


@pytest.fixture
def browser(house: Running) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=house.url, timeout=30) as made:
        yield made


def come_back(browser: httpx2.Client, to: str = "/") -> httpx2.Response:
    """To the provider and back, as a browser goes: without following the last redirect."""
    away = browser.get(START, params={"to": to})
    assert away.status_code == 303, away.text
    back = httpx2.get(away.headers["location"])
    return browser.get(back.headers["location"], headers={"Sec-Fetch-Site": "cross-site"})


def test_who_signs_in_is_the_user_of_that_address_and_stays_it(
    house: Running, idp: Provider, browser: httpx2.Client
) -> None:
    answer = come_back(browser, "/jobs/1?tab=log")
    assert (answer.status_code, answer.headers["location"]) == (303, "/jobs/1?tab=log")
    me = browser.get("/api/v1/me").json()
    assert (me["user"]["name"], me["proof"]) == ("ada", "session")
    idp.user = {"email": "ben@x.org", "email_verified": True}
    come_back(browser)
    assert browser.get("/api/v1/me").json()["user"]["name"] == "ada", "the subject counts"
    house.client.patch("/api/v1/users/ada", json={"disabled": True})
    try:
        assert come_back(browser).status_code == 401
        assert browser.get("/api/v1/me").status_code == 401
    finally:
        house.client.patch("/api/v1/users/ada", json={"disabled": False})


def changed(**claims: Any) -> Lie:
    """A provider that says this instead."""

    def lie(told: dict[str, Any]) -> None:
        for name, value in claims.items():
            told[name] = value
            if value is None:
                del told[name]

    return lie


LIES: dict[str, Lie] = {
    "wrong issuer": changed(iss="https://evil.example"),
    "no issuer": changed(iss=None),
    "wrong audience": changed(aud="another program"),
    "no audience": changed(aud=None),
    "two audiences without a party": changed(aud=[CLIENT, "another"]),
    "another party": changed(aud=[CLIENT], azp="another"),
    "wrong nonce": changed(nonce="of another sign-in"),
    "no nonce": changed(nonce=None),
    "expired": changed(exp=int(time.time()) - 60),
    "never expires": changed(exp=None),
    "expires in words": changed(exp="tomorrow"),
    "expires at no number": changed(exp=float("nan")),
    "expires in infinity": changed(exp=float("inf")),
    "expires beyond all numbers": changed(exp=10**400),
    "not yet": changed(nbf=int(time.time()) + 3600),
    "issued in the future": changed(iat=int(time.time()) + 3600),
    "no subject": changed(sub=None),
    "empty subject": changed(sub=""),
    "a long subject": changed(sub="x" * 256),
    "unknown address": changed(sub="new", email="nobody@x.org"),
    "unverified address": changed(sub="new", email_verified=False),
    "verified in words": changed(sub="new", email_verified="true"),
    "no address": changed(sub="new", email=None),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_is_not_right_opens_nothing(
    idp: Provider, browser: httpx2.Client, lie: str
) -> None:
    idp.lie = LIES[lie]
    answer = come_back(browser)
    assert (answer.status_code, answer.json()["code"]) == (401, "login_failed")
    assert not answer.json()["detail"].startswith("The provider refuses"), answer.text
    assert browser.get("/api/v1/me").status_code == 401


SIGNATURES: dict[str, Any] = {
    "none": Provider.unsigned,
    "public key as a secret": Provider.by_shared_secret,
    "client secret": Provider.other_secret,
    "another key": lambda idp, claims: idp.signed(claims, RSAKey.generate_key(2048, auto_kid=True)),
    "broken": lambda idp, claims: idp.signed(claims)[:-6] + "AAAAAA",
    "no token": lambda idp, claims: "not a token",
    "empty": lambda idp, claims: "",
    "an object": lambda idp, claims: {"an": "object"},
}


@pytest.mark.parametrize("sign", SIGNATURES)
def test_only_the_providers_own_signature_counts(
    idp: Provider, browser: httpx2.Client, sign: str
) -> None:
    idp.sign = SIGNATURES[sign]
    answer = come_back(browser)
    assert (answer.status_code, answer.json()["code"]) == (401, "login_failed")
    assert "token is refused" in answer.json()["detail"] or sign == "an object"


def test_the_answer_counts_in_the_browser_that_asked_and_once(
    house: Running, browser: httpx2.Client
) -> None:
    away = browser.get(START)
    back = httpx2.get(away.headers["location"]).headers["location"]
    with httpx2.Client(base_url=house.url) as victim:
        assert victim.get(back).status_code == 401
        victim.get(START)
        assert victim.get(back).status_code == 401
    assert browser.get(back.replace("state=", "state=x")).status_code == 401
    assert browser.get(f"{START}/callback?error=access_denied").status_code == 401
    cookie = browser.cookies["jobmill_sign_in"]
    assert browser.get(back).status_code == 303
    browser.cookies.set("jobmill_sign_in", cookie)
    assert browser.get(back).status_code == 401, "the provider takes a code once"


def test_an_answer_that_comes_late_is_refused(house: Running, browser: httpx2.Client) -> None:
    from jobmill.core.accounts.identity import SignInFlow

    flow = SignInFlow(f"{int(time.time()) - 601}.secret")
    browser.cookies.set("jobmill_sign_in", f"{flow.secret}|/")
    answer = browser.get(f"{START}/callback", params={"state": flow.state, "code": "c"})
    assert (answer.status_code, "too long" in answer.json()["detail"]) == (401, True)


@pytest.mark.parametrize(
    "to", ["https://evil.example", "//evil.example", "//[evil", "/\\evil", "x", "/ü"]
)
def test_nobody_is_sent_elsewhere_afterwards(browser: httpx2.Client, to: str) -> None:
    assert come_back(browser, to).headers["location"] == "/"


@pytest.mark.parametrize(
    "about",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": None},
    ],
)
def test_a_provider_whose_document_is_wrong_is_not_used(
    idp: Provider, tmp_path: Any, about: dict[str, Any]
) -> None:
    idp.about = about
    told = {"oidc_issuer": idp.url, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
    with (
        running(tmp_path, worker=False, **told) as up,
        httpx2.Client(base_url=up.url, timeout=30) as browser,
    ):
        away = browser.get(START)
        if away.status_code == 303:
            away = browser.get(httpx2.get(away.headers["location"]).headers["location"])
        assert (away.status_code, away.json()["code"]) == (503, "unavailable")


def test_new_keys_of_the_provider_are_read_when_they_are_met(
    idp: Provider, house: Running, browser: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jobmill.adapters.oidc import provider as adapter

    assert come_back(browser).status_code == 303
    monkeypatch.setattr(adapter, "REFRESH_SECONDS", 0.0)
    monkeypatch.setattr(idp, "key", RSAKey.generate_key(2048, auto_kid=True))
    assert come_back(browser).status_code == 303


def test_a_provider_that_is_gone_is_said_to_be(tmp_path: Any) -> None:
    told = {"oidc_issuer": "http://127.0.0.1:9", "oidc_client_id": "x"}
    with running(tmp_path, worker=False, **told) as up:
        answer = up.client.get(START)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
