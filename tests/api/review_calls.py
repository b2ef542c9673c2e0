"""A good call of each operation on reviews, in the order in which one person would make them."""

from typing import Any

from tests.running import Running

Call = tuple[str, str, int, dict[str, Any]]
"""Method, path, status, and the parts of the request."""


def review_calls(server: Running) -> list[Call]:
    """On a review that is open: a job of its own asks for it."""
    job = server.submit(
        tasks=[{"name": "a", "engine": "noop"}, {"name": "ask", "review": {"step": "check"}}],
        routes=[{"from": "a", "to": "ask"}],
    )
    _wait_for(server, job, "review.opened")
    found = server.client.get("/api/v1/reviews", params={"job": job["id"]}).json()["items"]
    at = {"path_parameters": {"review": found[0]["id"]}}
    return [
        ("GET", "/reviews", 200, {"query": {"state": "open"}}),
        ("GET", "/reviews/{review}", 200, at),
        ("GET", "/reviews/{review}/document", 200, at),
        ("POST", "/reviews/{review}/checkout", 200, at),
        ("POST", "/reviews/{review}/renew", 200, {**at, "body": {"seconds": 60}}),
        ("PUT", "/reviews/{review}/draft", 200, {**at, "body": {"total": 1}}),
        ("GET", "/reviews/{review}/draft", 200, at),
        ("POST", "/reviews/{review}/release", 200, at),
        ("POST", "/reviews/{review}/checkout", 200, at),
        (
            "POST",
            "/reviews/{review}/answer",
            200,
            {**at, "body": {"answer": "edit", "document": {"total": 2}}},
        ),
        ("GET", "/reviews/{review}/changes", 200, at),
        ("GET", "/jobs/{job}/changes", 200, {"path_parameters": {"job": job["id"]}}),
    ]


def _wait_for(server: Running, job: dict[str, Any], event: str) -> None:
    path, headers = f"/api/v1/jobs/{job['id']}/events", {"Accept": "text/event-stream"}
    with server.client.stream("GET", path, headers=headers) as stream:
        assert any(line == f"event: {event}" for line in stream.iter_lines())
