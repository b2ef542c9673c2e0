"""Files by the client: pieces that go on after a cut, versions, links, watches."""

import hashlib
from pathlib import Path

import httpx2
import pytest

from jobmill_client import AsyncJobmill, Conflict, Jobmill, NotFound, Patience
from tests.serving import ServerProcess

DATA = bytes(range(249)) * 4000


class Cutting(httpx2.HTTPTransport):
    """Breaks the connection before the answer to the second piece arrives."""

    pieces = 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = super().handle_request(request)
        if request.method == "PATCH":
            self.pieces += 1
            if self.pieces == 2:
                answer.close()
                raise httpx2.ReadError("cut", request=request)
        return answer


def test_a_file_is_sent_in_pieces_and_goes_on_after_a_cut(
    server: ServerProcess, tmp_path: Path
) -> None:
    file, seen = tmp_path / "film.mp4", list[int]()
    file.write_bytes(DATA)
    transport = Cutting()
    patience = Patience(attempts=3)
    with Jobmill(server.url, server.key, transport=transport, patience=patience) as client:
        asset = client.assets.send(
            file, path="data://client/film.mp4", piece=300_000, report=seen.append
        )
    assert transport.pieces == 4
    assert seen == [300_000, 600_000, 900_000, len(DATA)]
    assert asset.sha256 == hashlib.sha256(DATA).hexdigest()
    assert (asset.path, asset.media_type) == ("data://client/film.mp4", "video/mp4")


def test_versions_are_listed_linked_and_purged(client: Jobmill, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    for text in ("one", "two"):
        file.write_text(text)
        asset = client.assets.send(file, path="data://client/a.txt")
    assert [each.version for each in client.assets.versions(asset)] == [2, 1]
    old = client.assets.link(asset, version=1)
    assert httpx2.get(old.url).text == "one"
    client.assets.download("data://client/a.txt", tmp_path / "down")
    assert (tmp_path / "down").read_text() == "two"
    assert client.assets.purge(asset).state == "purged"
    with pytest.raises(Conflict):
        client.assets.download(asset, tmp_path / "down")
    found = [each.id for each in client.assets.list(path="data://client/a.txt")]
    assert found == [asset.id]


def test_an_asset_is_announced_before_its_bytes(client: Jobmill) -> None:
    asset, link = client.assets.announce("later.bin", size=3)
    assert asset.state == "awaiting"
    assert httpx2.put(link.url, content=b"now").status_code == 200
    assert client.assets.get(asset).state == "ready"


def test_a_watch_lives_and_ends(client: Jobmill) -> None:
    watch = client.watches.create(".", features=["IN_BLACK"])
    assert watch.id in [each.id for each in client.watches.list()]
    assert client.watches.pause(watch).paused
    assert not client.watches.resume(watch).paused
    assert list(client.watches.files(watch)) == []
    client.watches.delete(watch)
    with pytest.raises(NotFound):
        client.watches.get(watch)


@pytest.mark.anyio
async def test_the_asynchronous_client_has_the_same(server: ServerProcess, tmp_path: Path) -> None:
    file = tmp_path / "a.bin"
    file.write_bytes(DATA)
    async with AsyncJobmill(server.url, server.key) as client:
        asset = await client.assets.send(file, piece=500_000)
        assert asset.size == len(DATA)
        assert [each.version for each in await client.assets.versions(asset)] == [1]
        assert [each async for each in client.watches.files(await _watch(client))] == []


async def _watch(client: AsyncJobmill) -> str:
    return (await client.watches.create(".", features=["IN_BLACK"])).id
