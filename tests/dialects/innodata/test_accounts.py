"""Users, teams and keys, in the vendor's words."""

import itertools

import httpx2
import pytest

from tests.dialects.innodata.curl import Curl
from tests.dialects.innodata.people import PASSWORD, People, email_of

FRESH = itertools.count()


@pytest.fixture
def admin(people: People) -> Curl:
    return Curl(people.url, f"{people.admin}:")


def test_the_status_is_open_to_everybody(people: People) -> None:
    assert Curl(people.url)("GET", "/status").response == {"status": "ok"}


def test_a_user_lives_from_create_to_delete(admin: Curl, people: People) -> None:
    email = f"eve{next(FRESH)}@example.test"
    made = admin("POST", "/users", body={"Email": email, "Name": "Eve", "password": PASSWORD})
    assert made.status == 201
    assert made.response == {"id": made.response["id"], "email": email, "name": "Eve"}
    path = f"/users/{made.response['id']}"
    assert admin.get(path) == admin.get(f"/users/{email}") == made.response
    assert made.response in admin.get("/users?limit=1000")["users"]

    login = {"username": email, "password": PASSWORD}
    key = Curl(people.url)("POST", "/users/login", body=login).response["api_keys"]["live"]
    eve = Curl(people.url, f"{key}:")
    assert eve("PUT", "/users/me", body={"name": "Evelyn"}).response["name"] == "Evelyn"
    assert eve("PUT", "/users/me", body={"password": "another one"}).status == 403
    changed = {"password": "another one", "current_password": PASSWORD}
    assert eve("PUT", "/users/me", body=changed).status == 200
    assert Curl(people.url)("POST", "/users/login", body=login).status == 401
    assert eve("PUT", f"/users/{people.ids['ana']}", body={"name": "Anna"}).status == 403
    assert eve("POST", "/users", body={"email": "x@example.test"}).status == 403

    assert eve("DELETE", path).status == 403
    assert admin("DELETE", path).response == {}
    assert admin("GET", path).status == 404
    assert eve("GET", "/users/me").status == 401


def test_a_team_lives_from_create_to_delete(admin: Curl, people: People) -> None:
    name = f"team {next(FRESH)}"
    body = {"name": name, "members": [people.ids["ben"], {"email": email_of("cleo")}]}
    made = admin("POST", "/teams", body=body)
    assert made.status == 201
    team = made.response
    assert [each["name"] for each in team["members"]] == ["ben", "cleo"]
    assert admin("POST", "/teams", body=body).status == 409
    path = f"/teams/{team['id']}"
    ben = people.curl("ben")
    assert ben.get(path) == team
    assert team in ben.get("/teams?limit=1000")["teams"]
    assert ben("PUT", path, body={"name": "mine"}).status == 403
    edited = admin("PUT", path, body={"name": f"{name}!", "members": [email_of("ana")]}).response
    assert (edited["name"], [each["name"] for each in edited["members"]]) == (f"{name}!", ["ana"])
    assert people.curl("stranger")("GET", path).status == 404
    assert ben("DELETE", path).status == 403
    assert admin("DELETE", path).response == {}
    assert admin("GET", path).status == 404


def test_a_key_is_one_of_the_platform(people: People) -> None:
    with httpx2.Client(base_url=people.url, timeout=60) as client:
        headers = {"Authorization": f"Bearer {people.admin}"}
        query = {"user": email_of("dora")}
        keys = client.get("/api/v1/keys", params=query, headers=headers).json()["items"]
        assert sorted(key["name"] for key in keys) == ["innodata live", "innodata test"]
        dora = people.curl("dora")
        assert dora("GET", "/jobs").status == 200

        live = next(key for key in keys if key["name"] == "innodata live")
        client.delete(f"/api/v1/keys/{live['id']}", headers=headers)
        assert dora("GET", "/jobs").status == 401
        login = {"username": email_of("dora"), "password": PASSWORD}
        found = Curl(people.url)("POST", "/users/login", body=login).response["api_keys"]
        assert found["live"] != people.live["dora"]
        assert found["test"] == people.test["dora"]
        assert Curl(people.url, f"{found['live']}:")("GET", "/jobs").status == 200


def test_a_key_in_the_vendors_form_opens_this_face_alone(people: People) -> None:
    headers = {"Authorization": f"Bearer {people.test['ana']}"}
    assert httpx2.get(f"{people.url}/api/v1/jobs", headers=headers).status_code == 401
    ana = Curl(people.url)
    answer = ana("GET", "/users/me", "-H", f"Authorization: Bearer {people.live['ana']}")
    assert answer.response["name"] == "ana"
    basic = httpx2.BasicAuth(people.live["ana"], "anything").auth_flow(
        httpx2.Request("GET", people.url)
    )
    word = next(basic).headers["Authorization"]
    assert ana("GET", "/users/me", "-H", f"Authentication: {word}").response["name"] == "ana"


def test_who_has_a_key_of_the_platform_gets_the_vendors_two(admin: Curl, people: People) -> None:
    found = admin("POST", "/users/me/api-keys").response["api_keys"]
    assert admin("POST", "/users/me/api-keys").response["api_keys"] == found
    assert Curl(people.url, f"{found['test']}:").get("/users/me")["name"] == "admin"
    with httpx2.Client(base_url=people.url, timeout=60) as client:
        headers = {"Authorization": f"Bearer {people.admin}"}
        body = {"name": "few", "rights": ["keys:write", "jobs:read"]}
        few = client.post("/api/v1/keys", json=body, headers=headers).json()["key"]
    assert Curl(people.url, f"{few}:")("POST", "/users/me/api-keys").status == 403
