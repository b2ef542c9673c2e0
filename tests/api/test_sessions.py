"""Sign-in by password and its cookie: when it counts, when it ends, and how often one may try."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from jobmill.core.accounts import Session
from jobmill.core.accounts.service.authenticate import SESSION_IDLE, digest_of
from jobmill.core.accounts.service.sign_in import PER_ACCOUNT
from jobmill.core.ids import new_id
from tests.running import Running, running

PASSWORD = "long enough"
COOKIE = "jobmill_session"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server of its own: attempts to sign in are counted for the address of all tests."""
    with running(tmp_path_factory.mktemp("sessions"), worker=False) as up:
        yield up


def add_user(house: Running, name: str, **more: Any) -> dict[str, Any]:
    body = {"name": name, "email": f"{name}@x.org", "password": PASSWORD, **more}
    answer = house.client.post("/api/v1/users", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def sign_in(house: Running, name: str, password: str = PASSWORD, **headers: str) -> httpx2.Response:
    with httpx2.Client(base_url=house.url, timeout=60) as browser:
        body = {"email": f"{name}@x.org", "password": password}
        return browser.post("/api/v1/login", json=body, headers=headers)


def page(house: Running, answer: httpx2.Response, **headers: str) -> httpx2.Client:
    """A page that the browser got from the server, after this sign-in."""
    cookies = {COOKIE: answer.cookies[COOKIE]}
    return httpx2.Client(base_url=house.url, cookies=cookies, headers=headers)


def test_a_cookie_lets_pages_of_ours_read_and_write(house: Running) -> None:
    user = add_user(house, "ada")
    answer = sign_in(house, "ADA", Origin=house.url)
    assert (answer.status_code, answer.json()["user"]["id"]) == (200, user["id"])
    said = answer.headers["set-cookie"].lower()
    assert "httponly" in said
    assert "samesite=lax" in said
    assert "path=/" in said
    assert "secure" not in said
    with page(house, answer) as ours:
        me = ours.get("/api/v1/me").json()
        assert (me["proof"], me["user"]["name"]) == ("session", "ada")
        made = ours.post(
            "/api/v1/jobs",
            json={"tasks": [{"engine": "noop"}], "input": {"json": 1}},
            headers={"Origin": house.url},
        )
        assert made.status_code == 201
        assert ours.post("/api/v1/logout", headers={"Origin": house.url}).status_code == 204
        ours.cookies.set(COOKIE, answer.cookies[COOKIE])
        assert ours.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://x:bad"},
    ],
)
def test_what_another_page_sends_changes_nothing(house: Running, headers: dict[str, str]) -> None:
    if house.client.get("/api/v1/users/bea").status_code == 404:
        add_user(house, "bea", admin=True)
    with page(house, sign_in(house, "bea")) as other:
        for method, path in (("POST", "/jobs"), ("POST", "/keys"), ("POST", "/logout")):
            answer = other.request(method, f"/api/v1{path}", json={"name": "x"}, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed"), path
        assert other.get("/api/v1/me").status_code == 200


def test_a_page_of_another_site_reads_nothing_and_cannot_sign_in(house: Running) -> None:
    add_user(house, "cy")
    foreign = {"Origin": "https://evil.example"}
    assert sign_in(house, "cy", **foreign).status_code == 403
    assert sign_in(house, "cy", **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    with page(house, sign_in(house, "cy")) as other:
        assert other.get("/api/v1/me", headers=foreign).status_code == 403
        site = {"Sec-Fetch-Site": "cross-site"}
        assert other.get("/api/v1/me", headers=site).status_code == 403


def test_dialects_never_look_at_cookies(house: Running) -> None:
    add_user(house, "dee", admin=True)
    with page(house, sign_in(house, "dee")) as browser:
        proxied = {"X-Forwarded-For": "1.2.3.4", "Origin": house.url}
        assert browser.get("/api/ai/jobs", headers=proxied).status_code == 403


def test_a_key_goes_before_a_cookie(house: Running) -> None:
    add_user(house, "eli")
    with page(house, sign_in(house, "eli")) as browser:
        me = browser.get("/api/v1/me", headers={"Authorization": f"Bearer {house.key}"}).json()
        assert (me["proof"], me["user"]["name"]) == ("key", "admin")
        wrong = browser.get("/api/v1/me", headers={"Authorization": "Bearer nonsense"})
        assert wrong.status_code == 401


def test_the_cookie_is_for_https_only_where_the_server_is(tmp_path: Any) -> None:
    with running(tmp_path, worker=False, public_url="https://jobs.example") as up:
        add_user(up, "fay")
        answer = sign_in(up, "fay", Origin="https://jobs.example")
        assert "secure" in answer.headers["set-cookie"].lower()
        with page(up, answer, Origin="https://jobs.example") as ours:
            body = {"name": "x", "features": []}
            assert ours.post("/api/v1/keys", json={"name": "x"}).status_code == 201
            assert ours.post("/api/v1/pipelines", json=body).status_code == 422


def test_a_stranger_learns_not_who_has_an_account(house: Running) -> None:
    add_user(house, "gus")
    add_user(house, "hal")
    house.client.patch("/api/v1/users/hal", json={"disabled": True})
    answers = [
        sign_in(house, "gus", "wrong password"),
        sign_in(house, "nobody", "wrong password"),
        sign_in(house, "hal"),
        sign_in(house, "gus", ""),
    ]
    told = [{**each.json(), "request_id": ""} for each in answers]
    assert {each.status_code for each in answers} == {401}
    assert all(each == told[0] for each in told)
    assert told[0]["code"] == "login_failed"


def test_attempts_at_one_account_are_limited_also_all_at_once(house: Running) -> None:
    add_user(house, "ida")
    add_user(house, "jo")
    statuses: list[int] = []

    def attempt() -> None:
        statuses.append(sign_in(house, "ida", "wrong password").status_code)

    attempts = [threading.Thread(target=attempt) for _ in range(PER_ACCOUNT + 5)]
    for each in attempts:
        each.start()
    for each in attempts:
        each.join()
    assert sorted(statuses) == [401] * PER_ACCOUNT + [429] * 5
    refused = sign_in(house, "ida")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_attempts")
    assert 0 < int(refused.headers["retry-after"]) <= 15 * 60
    assert sign_in(house, "jo").status_code == 200, "others are heard"


def test_a_session_ends_with_its_user_and_with_their_password(house: Running) -> None:
    add_user(house, "kim")
    for change in ({"password": "another one"}, {"disabled": True}):
        answer = sign_in(house, "kim", PASSWORD if "password" in change else "another one")
        with page(house, answer) as browser:
            assert browser.get("/api/v1/me").status_code == 200
            assert house.client.patch("/api/v1/users/kim", json=change).status_code == 200
            assert browser.get("/api/v1/me").status_code == 401


def test_users_change_their_own_password_with_the_present_one(house: Running) -> None:
    add_user(house, "lou")
    with page(house, sign_in(house, "lou"), Origin=house.url) as own:
        new = {"password": "a new password"}
        missing = own.patch("/api/v1/users/lou", json=new)
        assert (missing.status_code, missing.json()["field"]) == (403, "current_password")
        wrong = own.patch("/api/v1/users/lou", json={**new, "current_password": "wrong one"})
        assert (wrong.status_code, wrong.json()["field"]) == (422, "current_password")
        assert own.patch("/api/v1/users/lou", json={"admin": True}).status_code == 403
        assert own.patch("/api/v1/users/ada", json={"name": "x"}).status_code in (403, 404)
        right = own.patch("/api/v1/users/lou", json={**new, "current_password": PASSWORD})
        assert right.status_code == 200
    assert sign_in(house, "lou").status_code == 401
    assert sign_in(house, "lou", "a new password").status_code == 200


def keep_session(
    house: Running, user: str, seconds_left: float, life_left: float = 86_400.0
) -> str:
    """A session that ends of idleness, or in any case, so many seconds from now; its token."""
    token, now = new_id(), house.house.clock.now()
    seen = now - SESSION_IDLE + timedelta(seconds=seconds_left)

    def keep(work: Any) -> None:
        organization = work.accounts.organization_named("default")
        number = work.accounts.user_named(organization.number, user).number
        end = now + timedelta(seconds=life_left)
        work.sessions.add(Session(new_id(), number, digest_of(token), seen, seen, end))

    house.call(house.house.database.write(keep))
    return token


def test_a_session_that_was_left_alone_is_over_and_one_in_use_goes_on(house: Running) -> None:
    add_user(house, "max")
    over, used = keep_session(house, "max", -0.001), keep_session(house, "max", 60)
    with httpx2.Client(base_url=house.url, timeout=60) as browser:
        expired = browser.get("/api/v1/me", headers={"Cookie": f"{COOKIE}={over}"})
        assert (expired.status_code, "expired" in expired.json()["detail"]) == (401, True)
        head = {"Cookie": f"{COOKIE}={used}"}
        before = browser.get("/api/v1/me", headers=head).json()["until"]
        assert browser.get("/api/v1/me", headers=head).json()["until"] > before


@pytest.mark.parametrize(
    "how", ["key revoked", "key expired", "session over", "user disabled", "share withdrawn"]
)
def test_a_live_stream_ends_with_what_opened_it(house: Running, how: str) -> None:
    name = how.replace(" ", "-")
    user = add_user(house, name)
    job = house.submit(collaborators=[{"user": name}])
    soon = (house.house.clock.now() + timedelta(seconds=1)).isoformat()
    wanted = {"name": "k", "user": name, **({"expires_at": soon} if "expired" in how else {})}
    key = house.client.post("/api/v1/keys", json=wanted).json()
    head = {"Authorization": f"Bearer {key['key']}"}
    if how == "session over":
        head = {"Cookie": f"{COOKIE}={keep_session(house, name, 60, 1.0)}"}
    head["Accept"] = "text/event-stream"
    url = f"{house.url}{job['links']['events']}"
    clock = house.house.clock
    with httpx2.stream("GET", url, headers=head, timeout=10) as stream:
        assert stream.status_code == 200
        lines = stream.iter_lines()
        while "job.created" not in next(lines):
            pass
        if how == "key revoked":
            house.client.delete(f"/api/v1/keys/{key['id']}")
        elif how == "user disabled":
            house.client.patch(f"/api/v1/users/{user['id']}", json={"disabled": True})
        elif how == "share withdrawn":
            house.client.put(job["links"]["collaborators"], json={"collaborators": []})
        started = clock.now()
        rest = "\n".join(lines)
    assert clock.now() - started < timedelta(seconds=3)
    assert ("job.deleted" in rest) == (how == "share withdrawn")


def test_one_sees_where_one_is_signed_in_and_signs_out_there(house: Running) -> None:
    add_user(house, "zoe")
    add_user(house, "yan")
    here, there, other = sign_in(house, "zoe"), sign_in(house, "zoe"), sign_in(house, "yan")
    with page(house, here, Origin=house.url) as ours, page(house, there) as lost:
        listed = ours.get("/api/v1/me/sessions").json()["items"]
        assert [each["current"] for each in listed] == [False, True]
        first = ours.get("/api/v1/me/sessions?limit=1").json()
        assert first["items"] == listed[:1]
        rest = ours.get("/api/v1/me/sessions", params={"cursor": first["next"]}).json()
        assert (rest["items"], rest["next"]) == (listed[1:], None)
        gone = listed[0]["id"]
        assert lost.get("/api/v1/me").status_code == 200
        assert ours.delete(f"/api/v1/me/sessions/{gone}").status_code == 204
        assert lost.get("/api/v1/me").status_code == 401
        assert len(ours.get("/api/v1/me/sessions").json()["items"]) == 1
        again = ours.delete(f"/api/v1/me/sessions/{gone}")
        assert (again.status_code, again.json()["code"]) == (404, "session_not_found")
        with page(house, other, Origin=house.url) as stranger:
            theirs = ours.get("/api/v1/me/sessions").json()["items"][0]["id"]
            assert stranger.delete(f"/api/v1/me/sessions/{theirs}").status_code == 404


def test_a_session_that_is_over_is_not_listed(house: Running) -> None:
    user = add_user(house, "old")
    now = house.house.clock.now()

    def keep(work: Any) -> None:
        number = work.accounts.user_with_email(user["email"]).number
        began = now - SESSION_IDLE - timedelta(seconds=1)
        end = now + timedelta(days=1)
        work.sessions.add(Session(new_id(), number, digest_of("x"), began, began, end))

    house.call(house.house.database.write(keep))
    with page(house, sign_in(house, "old")) as ours:
        assert len(ours.get("/api/v1/me/sessions").json()["items"]) == 1
