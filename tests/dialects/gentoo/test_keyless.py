"""Who may call without a key: the rules one by one, then at a real server."""

import ipaddress
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from starlette.requests import Request

from jobmill.config import Settings
from jobmill.http.auth import keyless_refusal
from jobmill.http.house import House
from tests.dialects.gentoo.server import PAGE_ORIGIN, Server

BOUND = Settings(port=9000, cors_origins=(PAGE_ORIGIN,))
LAN = ipaddress.ip_network("192.168.7.0/24")
OPEN_BODY = '{"inputUri": "/nothing.mp4", "features": ["AUDIO_FORMAT"]}'


def refusal(
    settings: Settings = BOUND, peer: str | None = "127.0.0.1", **headers: str
) -> str | None:
    """What a call with these headers is told; None when it is let in."""
    given = {"host": "localhost:9000", **headers}
    scope = {
        "type": "http",
        "client": None if peer is None else (peer, 50000),
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in given.items()],
    }
    nothing: Any = None
    house = House(settings, nothing, nothing, nothing, nothing, nothing, nothing, b"", nothing)
    return keyless_refusal(Request(scope), house)


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
def test_this_machine_may_call(peer: str) -> None:
    assert refusal(peer=peer) is None


@pytest.mark.parametrize("peer", ["192.168.7.9", "8.8.8.8", "::2", "::ffff:192.168.7.9", "", None])
def test_other_machines_may_not(peer: str | None) -> None:
    assert "JOBMILL_GENTOO_ALLOW" in (refusal(peer=peer) or "")


@pytest.mark.parametrize(
    ("peer", "allowed"),
    [("192.168.7.9", True), ("::ffff:192.168.7.9", True), ("192.168.8.9", False), ("::1", True)],
)
def test_listed_networks_may_call(peer: str, allowed: bool) -> None:
    assert (refusal(replace(BOUND, gentoo_allow=(LAN,)), peer) is None) == allowed


@pytest.mark.parametrize(
    "header",
    [
        "forwarded",
        "via",
        "x_forwarded_for",
        "x_forwarded_host",
        "x_forwarded_proto",
        "x_forwarded_server",
        "x_forwarded_anything",
        "x_real_ip",
    ],
)
def test_a_call_through_a_proxy_is_refused_even_from_a_listed_network(header: str) -> None:
    told = refusal(replace(BOUND, gentoo_allow=(LAN,)), "192.168.7.9", **{header: "127.0.0.1"})
    assert "JOBMILL_GENTOO_ALLOW" in (told or "")
    assert header.replace("_", "-") in (told or "")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:9000", "[::1]:9000", "LOCALHOST:9000"])
def test_our_own_host_names_are_ours(host: str) -> None:
    assert refusal(host=host) is None


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io:9000", "", "[::1", "a@b:c"]
)
def test_a_foreign_or_broken_host_is_refused(host: str) -> None:
    assert "JOBMILL_PUBLIC_URL" in (refusal(host=host) or "")


def test_the_host_of_the_public_address_is_ours() -> None:
    public = replace(BOUND, public_url="https://mill.example/")
    assert refusal(public, host="mill.example") is None
    assert refusal(public, host="mill.example", origin="https://mill.example") is None


@pytest.mark.parametrize(
    "origin", [PAGE_ORIGIN, "http://localhost:9000", "http://127.0.0.1:9000", "http://[::1]:9000"]
)
def test_listed_pages_and_our_own_may_call(origin: str) -> None:
    assert refusal(origin=origin) is None
    assert refusal(origin=origin, sec_fetch_site="cross-site") is None


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "http://localhost:3000",
        "http://page.example",
        "https://page.example:5000",
        "http://page.example:5000.evil.example",
        "null",
        "",
        "http://localhost:99999",
        "http://[::1",
        "file://",
    ],
)
def test_other_pages_may_not(origin: str) -> None:
    assert "JOBMILL_CORS_ORIGINS" in (refusal(origin=origin) or "")


@pytest.mark.parametrize(
    ("site", "allowed"),
    [("cross-site", False), ("same-origin", True), ("same-site", True), ("none", True)],
)
def test_a_page_of_another_site_that_hides_its_origin_is_refused(site: str, allowed: bool) -> None:
    told = refusal(sec_fetch_site=site)
    assert (told is None) == allowed
    assert allowed or "JOBMILL_CORS_ORIGINS" in (told or "")


def posted(server: Server, **headers: str) -> httpx2.Response:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return server.call("POST", "/jobs", content=OPEN_BODY.encode(), headers=given)


@pytest.mark.parametrize(
    ("headers", "setting"),
    [
        ({"origin": "http://evil.example", "content_type": "text/plain"}, "JOBMILL_CORS_ORIGINS"),
        ({"host": "evil.example"}, "JOBMILL_PUBLIC_URL"),
        ({"x_forwarded_for": "127.0.0.1"}, "JOBMILL_GENTOO_ALLOW"),
        ({"via": "1.1 proxy"}, "JOBMILL_GENTOO_ALLOW"),
        ({"sec_fetch_site": "cross-site"}, "JOBMILL_CORS_ORIGINS"),
    ],
)
def test_a_refused_call_starts_nothing_and_names_the_setting(
    server: Server, headers: dict[str, str], setting: str
) -> None:
    before = len(server.call("GET", "/jobs").json())

    answer = posted(server, **headers)

    assert answer.status_code == 403
    assert answer.json()["error"]["status"] == "PERMISSION_DENIED"
    assert setting in answer.json()["error"]["message"]
    assert answer.headers.get("access-control-allow-origin") != headers.get("origin", "none")
    assert len(server.call("GET", "/jobs").json()) == before


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x_forwarded_for": "203.0.113.9"},
        {"host": "evil.example"},
        {"origin": "http://evil.example", "sec_fetch_site": "cross-site"},
    ],
)
def test_a_key_always_works(server: Server, headers: dict[str, str]) -> None:
    assert posted(server, authorization=f"Bearer {server.key}", **headers).status_code == 200


@pytest.mark.parametrize("given", ["Bearer wrong", "Bearer", "Basic YTpi", "x"])
def test_a_wrong_key_is_refused_rather_than_taken_for_none(server: Server, given: str) -> None:
    answer = posted(server, authorization=given)
    assert answer.status_code == 401
    assert answer.json()["error"]["status"] == "UNAUTHENTICATED"
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
@pytest.mark.parametrize(
    "path",
    [
        "/jobs",
        "/jobs/x",
        "/workflows",
        "/workflows/x",
        "/recordings",
        "/recordings/x",
        "/recordings/x/media",
    ],
)
def test_no_route_forgets_to_ask(server: Server, method: str, path: str) -> None:
    answer = server.call(method, path, headers={"x-forwarded-for": "127.0.0.1"})
    assert answer.status_code in (403, 404)
    if answer.status_code == 404:  # this method is not served there at all
        assert answer.json()["error"]["message"].startswith(f"There is no {method} /api/ai")


def test_a_call_without_a_key_reaches_this_dialect_alone(server: Server) -> None:
    assert server.http.get("/api/v1/jobs").status_code == 401
