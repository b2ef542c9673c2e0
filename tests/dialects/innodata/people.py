"""Users of one organization with their keys, and a stranger of another one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from tests.dialects.innodata.curl import Curl
from tests.serving.processes import ServerProcess

PASSWORD = "correct horse battery"
NAMES = ("ana", "ben", "cleo", "dora", "erin")


@dataclass(frozen=True)
class People:
    """Keys by name: `live` and `test` ones of users, the admin's own."""

    url: str
    admin: str
    live: Mapping[str, str]
    test: Mapping[str, str]
    ids: Mapping[str, str]

    def curl(self, name: str, *, test: bool = False) -> Curl:
        """Calls of a user."""
        keys = self.test if test else self.live
        return Curl(self.url, f"{keys[name]}:")


def email_of(name: str) -> str:
    return f"{name}@example.test"


def make_people(server: ServerProcess) -> People:
    """Make users and have each sign in."""
    live, test, ids = {}, {}, {}
    with httpx2.Client(base_url=server.url, timeout=60) as client:

        def call(method: str, path: str, key: str, body: Any) -> Any:
            headers = {"Authorization": f"Bearer {key}"}
            answer = client.request(method, f"/api/v1{path}", json=body, headers=headers)
            assert answer.status_code == 201, answer.text
            return answer.json()

        other = call("POST", "/organizations", server.key, {"name": "others"})["key"]
        for name in (*NAMES, "stranger"):
            key = other if name == "stranger" else server.key
            body = {"name": name, "email": email_of(name), "password": PASSWORD}
            ids[name] = call("POST", "/users", key, body)["id"]
            login = {"username": email_of(name), "password": PASSWORD}
            answer = client.post("/v1.1/users/login", json=login)
            assert answer.status_code == 200, answer.text
            keys = answer.json()["response"]["api_keys"]
            live[name], test[name] = keys["live"], keys["test"]
    return People(server.url, server.key, live, test, ids)
