"""Who may register what, and where engines may be."""

from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

import httpx2
import pytest

from jobmill.adapters.http_engine import EngineGuard, check_engine_address
from jobmill.core.accounts import Right
from jobmill.core.errors import AddressNotAllowed
from jobmill_client import Conflict, Jobmill, NotFound
from tests.http_engines.services import JSON, Service, aion, answering, asset, register, until_told
from tests.running import Running, running


def refused(server: Running, key: str = "", **body: Any) -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {key or server.key}"}
    answer = httpx2.post(f"{server.url}/api/v1/engines", json={"id": "x", **body}, headers=headers)
    return answer.status_code, answer.json().get("code", "")


def test_a_registered_engine_is_listed_and_shown(server: Running) -> None:
    register(server, "http://127.0.0.1:1", "listed", category="speech", modes=["chunk"])
    shown = server.client.get("/api/v1/engines/listed").json()
    assert (shown["category"], shown["modes"]) == ("speech", ["chunk"])
    assert shown["url"] == "http://127.0.0.1:1/process"
    listed = server.client.get("/api/v1/engines").json()["items"]
    assert "listed" in [engine["id"] for engine in listed]


def test_only_operators_with_the_right_register(server: Running) -> None:
    key = server.key_with(Right.ENGINES_READ)
    assert refused(server, key, url="http://127.0.0.1:1") == (403, "not_allowed")
    made = server.client.post("/api/v1/organizations", json={"name": "others"}).json()
    assert refused(server, made["key"], url="http://127.0.0.1:1") == (403, "not_allowed")


def test_an_engine_is_only_where_the_operator_says(server: Running) -> None:
    for url in (
        "http://10.1.2.3",
        "http://[::1]:80",
        "http://169.254.169.254",
        "http://0x0a000001",
    ):
        assert refused(server, url=url) == (422, "address_not_allowed"), url
    body = {"url": "http://127.0.0.1:1", "process": "http://10.0.0.1/process"}
    assert refused(server, **body) == (422, "address_not_allowed")


@pytest.mark.parametrize(
    "body",
    [
        {"url": "ftp://127.0.0.1"},
        {"url": "http://user:word@127.0.0.1"},
        {"url": "http://127.0.0.1", "id": "No Id"},
        {"url": "http://127.0.0.1", "modes": ["batch"]},
        {"url": "http://127.0.0.1", "media_in": ["audio"]},
        {"url": "http://127.0.0.1", "parameters": {"type": "array"}},
        {"url": "http://127.0.0.1", "parameters": {"properties": 1}},
        {"url": "http://127.0.0.1", "command": ["sh"]},
    ],
)
def test_what_cannot_be_an_engine_is_refused(server: Running, body: dict[str, Any]) -> None:
    status, _ = refused(server, **body)
    assert status == 422


def test_an_id_is_taken_once(server: Running) -> None:
    assert refused(server, url="http://127.0.0.1", id="noop") == (409, "name_taken")
    register(server, "http://127.0.0.1:1", "twice")
    assert refused(server, url="http://127.0.0.1", id="twice") == (409, "name_taken")


def test_the_client_registers_and_removes(server: Running) -> None:
    with Jobmill(server.url, server.key) as client:
        made = client.engines.register("http://127.0.0.1:1", "by-client", category="speech")
        assert (made.id, made.category) == ("by-client", "speech")
        with pytest.raises(Conflict):
            client.engines.register("http://127.0.0.1:1", "by-client")
        client.engines.remove("by-client")
        with pytest.raises(NotFound):
            client.engines.get("by-client")
        with pytest.raises(NotFound):
            client.engines.remove("by-client")


def test_a_removed_engine_takes_no_job(server: Running) -> None:
    register(server, "http://127.0.0.1:1", "gone")
    server.client.delete("/api/v1/engines/gone").raise_for_status()
    body = {"tasks": [{"name": "a", "engine": "gone"}], "input": {"json": 1}}
    assert server.client.post("/api/v1/jobs", json=body).json()["code"] == "unknown_engine"


@pytest.fixture
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    return iter([tmp_path_factory.mktemp("closed")])


def test_an_engine_outlives_a_restart_but_not_the_operators_leave(closed: Iterator[Any]) -> None:
    data = next(closed)
    with answering(Service(lambda _: (200, aion("still"), JSON))) as url:
        with running(data, engine_allow=("127.0.0.1",)) as server:
            register(server, url, "kept")
        with running(data) as server:
            job = server.submit(
                tasks=[{"name": "a", "engine": "kept", "max_retries": 0}],
                input={"asset": asset(server, "word")},
            )
            until_told(server, job, "engine_not_allowed")
            server.client.post(f"/api/v1/jobs/{job['id']}/cancel")
            server.finish(job)


def test_a_named_host_may_be_private_but_never_link_local() -> None:
    guard = EngineGuard.of(["gpu.lan", "*.engines.example", "box:8080", "10.0.0.0/8"])
    check_engine_address(guard, "https://gpu.lan:8443/x")
    guard.check("gpu.lan", [ip_address("192.168.1.5")], 8443)
    guard.check("a.engines.example", [ip_address("203.0.113.1")], 80)
    guard.check("box", [ip_address("192.168.1.5")], 8080)
    guard.check("any.name", [ip_address("10.2.3.4")], 80)
    for host, address, port in (
        ("gpu.lan", "169.254.169.254", 80),
        ("box", "192.168.1.5", 80),
        ("engines.example", "192.168.1.5", 80),
        ("any.name", "192.168.1.5", 80),
    ):
        with pytest.raises(AddressNotAllowed):
            guard.check(host, [ip_address(address)], port)
    with pytest.raises(AddressNotAllowed):
        guard.check("any.name", [ip_address("10.2.3.4"), ip_address("8.8.8.8")], 80)
    with pytest.raises(AddressNotAllowed):
        check_engine_address(EngineGuard.of([]), "http://example.com")


def test_the_command_line_registers_and_forgets(server: Running) -> None:
    from typer.testing import CliRunner

    from jobmill.cli.main import app

    there = ["--url", server.url, "--key", server.key]
    words = ["engines", "register", "http://127.0.0.1:1", "by-hand", "--mode", "chunk", "--fetches"]
    made = CliRunner().invoke(app, [*words, "--timeout", "5", *there])
    assert made.exit_code == 0, made.output
    shown = server.client.get("/api/v1/engines/by-hand").json()
    assert (shown["modes"], shown["timeout"]) == (["chunk"], 5.0)
    gone = CliRunner().invoke(app, ["engines", "unregister", "by-hand", *there])
    assert gone.exit_code == 0, gone.output
    assert server.client.get("/api/v1/engines/by-hand").status_code == 404
