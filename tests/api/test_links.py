"""Links without a key: they do what they were made for, for as long as they were made for."""

import stat
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
import pytest

from jobmill.core.clock import FakeClock
from jobmill.core.errors import LinkExpired, LinkInvalid
from jobmill.core.ids import AssetId, OrganizationNumber
from jobmill.core.items import Link, LinkMethod, sign_link, verify_link
from tests.api.test_assets import upload
from tests.running import Running

SECRET = b"a secret of the server"


def awaiting(server: Running, **body: Any) -> dict[str, Any]:
    answer = server.client.post("/api/v1/assets/awaiting", json={"name": "a.mp4", **body})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def link(server: Running, asset: dict[str, Any], **body: Any) -> str:
    answer = server.client.post(f"/api/v1/assets/{asset['id']}/links", json=body)
    assert answer.status_code == 201, answer.text
    url: str = answer.json()["url"]
    return url


def test_an_asset_exists_before_its_bytes_and_gets_them_without_a_key(server: Running) -> None:
    made = awaiting(server, path="data://linked/a.mp4")
    asset, url = made["asset"], made["upload"]["url"]
    assert (asset["state"], asset["size"], asset["path"]) == (
        "awaiting",
        None,
        "data://linked/a.mp4",
    )
    early = server.client.get(asset["content"])
    assert (early.status_code, early.json()["code"]) == (409, "asset_not_ready")
    job = {"tasks": [{"engine": "noop"}], "input": {"asset": asset["id"]}}
    refused = server.client.post("/api/v1/jobs", json=job)
    assert (refused.status_code, refused.json()["code"]) == (409, "asset_not_ready")
    sent = httpx2.put(url, content=b"bytes by link")
    assert (sent.status_code, sent.content) == (200, b"")
    ready = server.client.get(f"/api/v1/assets/{asset['id']}").json()
    assert sent.headers["etag"] == f'"{ready["sha256"]}"'
    assert (ready["state"], ready["media_type"], ready["version"]) == ("ready", "video/mp4", 1)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (None, "video/mp4"),
        ("application/x-www-form-urlencoded", "video/mp4"),
        ("video/quicktime", "video/quicktime"),
    ],
)
def test_a_put_may_tell_a_type_or_none(server: Running, told: str | None, kept: str) -> None:
    made = awaiting(server)
    headers = {} if told is None else {"Content-Type": told}
    assert httpx2.put(made["upload"]["url"], content=b"x", headers=headers).status_code == 200
    asset = server.client.get(f"/api/v1/assets/{made['asset']['id']}").json()
    assert asset["media_type"] == kept


def test_a_put_link_is_for_one_version_and_may_be_repeated(server: Running) -> None:
    made = awaiting(server)
    url = made["upload"]["url"]
    tags = {httpx2.put(url, content=b"the same").headers["etag"] for _ in range(2)}
    assert len(tags) == 1
    other = httpx2.put(url, content=b"something else")
    assert (other.status_code, other.json()["code"]) == (409, "link_used")
    following = link(server, made["asset"], method="PUT")
    assert httpx2.put(following, content=b"second").status_code == 200
    assert server.client.get(made["asset"]["content"]).content == b"second"


def test_more_or_less_than_was_declared_is_refused(server: Running) -> None:
    made = awaiting(server, size=4)
    url = made["upload"]["url"]
    assert httpx2.put(url, content=b"12345").status_code == 413
    assert httpx2.put(url, content=iter([b"123", b"45"])).status_code == 413
    less = httpx2.put(url, content=b"123")
    assert (less.status_code, less.json()["code"]) == (422, "size_mismatch")
    assert httpx2.put(url, content=b"1234").status_code == 200
    too_much = server.client.post("/api/v1/assets/awaiting", json={"size": 10**9})
    assert (too_much.status_code, too_much.json()["field"]) == (413, "size")


def test_a_get_link_reads_ranges_of_its_version(server: Running) -> None:
    asset = upload(server, b"0123456789", **{"X-Name": "a.txt"})
    url = link(server, asset)
    server.client.put(f"/api/v1/assets/{asset['id']}/content", content=b"newer")
    assert httpx2.get(url).content == b"0123456789"
    part = httpx2.get(url, headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.content) == (206, b"234")
    head = httpx2.head(url)
    assert (head.status_code, head.headers["content-length"]) == (200, "10")
    older = link(server, asset, version=1)
    assert httpx2.get(older).content == b"0123456789"
    assert httpx2.get(link(server, asset)).content == b"newer"


def test_nothing_about_a_link_can_be_changed(server: Running) -> None:
    asset, foreign = upload(server, b"secret"), upload(server, b"another")
    url = link(server, asset, expires_in=60)
    place = urlsplit(url)
    fields = dict(parse_qsl(place.query))

    def ask(verb: str = "GET", id_: str = asset["id"], **changes: str) -> int:
        query = urlencode({**fields, **changes})
        address = f"{server.url}/api/v1/links/{id_}?{query}"
        sent = b"x" if verb == "PUT" else None
        return httpx2.request(verb, address, content=sent).status_code

    assert ask() == 200
    assert ask(expires=str(int(fields["expires"]) + 1)) == 403
    assert ask(version="2") == 403
    assert ask(org="2") == 403
    assert ask(method="PUT") == 403
    assert ask("PUT") == 403
    assert ask("PUT", method="PUT") == 403
    assert ask(id_=foreign["id"]) == 403
    assert ask(signature=fields["signature"][:-1] + "x") == 403
    assert ask(signature="") == 403
    assert ask(signature="é") == 403
    bare = httpx2.get(f"{server.url}/api/v1/links/{asset['id']}")
    assert (bare.status_code, bare.json()["code"]) == (403, "link_invalid")


def test_a_link_of_a_deleted_asset_leads_nowhere(server: Running) -> None:
    asset = upload(server, b"short life")
    url = link(server, asset)
    server.client.delete(f"/api/v1/assets/{asset['id']}")
    assert httpx2.get(url).status_code == 404


def test_a_link_ends_at_its_second() -> None:
    clock = FakeClock()
    until = clock.now() + timedelta(seconds=60)
    made = Link(LinkMethod.GET, OrganizationNumber(1), AssetId("a"), 1, until)
    query = dict(parse_qsl(sign_link(made, SECRET)))
    clock.advance(seconds=59.999)
    assert verify_link("GET", "a", query, SECRET, clock.now()) == made
    clock.advance(seconds=0.001)
    with pytest.raises(LinkExpired):
        verify_link("GET", "a", query, SECRET, clock.now())
    with pytest.raises(LinkInvalid):
        verify_link("GET", "a", query, b"another secret", clock.now())


def test_an_expired_link_answers_403(server: Running) -> None:
    asset = upload(server, b"x")
    now = server.house.clock.now()
    number = server.call(
        server.house.database.read(lambda work: work.accounts.organization_named("default"))
    ).number
    old = Link(LinkMethod.GET, number, asset["id"], 1, now.replace(microsecond=0))
    query = sign_link(old, server.house.link_secret)
    answer = httpx2.get(f"{server.url}/api/v1/links/{asset['id']}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (403, "link_expired")


def test_the_secret_is_for_the_server_alone(server: Running) -> None:
    file = server.settings.data / "link-secret"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(file.read_text().strip()) == 64
