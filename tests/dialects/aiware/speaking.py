"""A client of /v3/graphql that does what the documentation's own code does."""

import time
from typing import Any

import httpx2

EMAIL, PASSWORD = "jdoe@mycompany.com", "Password123"
LOGIN = """
mutation userLogin {
  userLogin(input: {userName: "jdoe@mycompany.com" password: "Password123"}) {
    token
  }
}
"""


class Speaker:
    """Posts documents; `with` closes its connection."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = url
        self.token = token
        self.http = httpx2.Client(base_url=url, timeout=60)

    def __enter__(self) -> "Speaker":
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def login(self) -> str:
        """Sign in as the documentation does, and go on with the token."""
        self.token = self.data(LOGIN)["userLogin"]["token"]
        assert self.token is not None
        return self.token

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.token is None else {"Authorization": f"Bearer {self.token}"}

    def post(self, query: str, variables: Any = None, **more: Any) -> httpx2.Response:
        """The bare answer."""
        body = {"query": query, **({} if variables is None else {"variables": variables}), **more}
        return self.http.post("/v3/graphql", json=body, headers=self.headers)

    def answer(self, query: str, variables: Any = None, **more: Any) -> Any:
        """The body of an answer of status 200."""
        answer = self.post(query, variables, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def data(self, query: str, variables: Any = None, **more: Any) -> Any:
        """The data of an answer without errors."""
        body = self.answer(query, variables, **more)
        assert "errors" not in body, body
        return body["data"]

    def error(self, query: str, variables: Any = None, **more: Any) -> Any:
        """The one error of an answer."""
        (error,) = self.answer(query, variables, **more)["errors"]
        return error

    def ended(self, job: str, seconds: float = 60) -> Any:
        """Poll a job until it has ended."""
        until = time.monotonic() + seconds
        query = "query Poll($id: ID!) { job(id: $id) { id status } }"
        while time.monotonic() < until:
            status = self.data(query, {"id": job})["job"]["status"]
            if status in ("complete", "failed", "cancelled"):
                return status
            time.sleep(0.05)
        raise AssertionError(f"job {job} did not end within {seconds} s")
