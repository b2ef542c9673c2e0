"""Bytes up and down through the client."""

import hashlib
import io
import os
from pathlib import Path

import pytest

from jobmill_client import Asset, Jobmill, NotFound

BYTES = os.urandom(3_000_000)


@pytest.mark.parametrize("form", ["path", "text", "bytes", "file"])
def test_whatever_is_uploaded_comes_back_the_same(
    client: Jobmill, tmp_path: Path, form: str
) -> None:
    path = tmp_path / "bytes.bin"
    path.write_bytes(BYTES)
    with path.open("rb") as file:
        source = {"path": path, "text": str(path), "bytes": BYTES, "file": file}[form]
        asset = client.assets.upload(source)  # type: ignore[arg-type]
    assert (asset.size, asset.sha256) == (len(BYTES), hashlib.sha256(BYTES).hexdigest())
    assert asset.state == "ready"
    assert b"".join(client.assets.chunks(asset)) == BYTES


def test_a_name_of_any_script_survives(client: Jobmill, tmp_path: Path) -> None:
    path = tmp_path / "Größe – 映画 100%.mp4"
    path.write_bytes(b"x")
    asset = client.assets.upload(path)
    assert client.assets.get(asset).name == path.name
    assert asset.media_type == "video/mp4"


def test_sending_is_reported_to_the_last_byte(client: Jobmill) -> None:
    told: list[int] = []
    client.assets.upload(BYTES, name="b", report=told.append)
    assert told == sorted(told)
    assert told[-1] == len(BYTES)


def test_a_stream_without_a_size_is_taken(client: Jobmill) -> None:
    asset = client.assets.upload(io.BytesIO(b"abc"), name="stream.txt")
    assert (asset.size, asset.name) == (3, "stream.txt")


def test_a_download_into_a_folder_takes_the_assets_name(client: Jobmill, tmp_path: Path) -> None:
    asset = client.assets.upload(b"abc", name="letters.txt")
    for known in (asset, asset.id):
        written = client.assets.download(known, tmp_path)
        assert written == tmp_path / "letters.txt"
        assert written.read_bytes() == b"abc"


def test_a_download_that_fails_leaves_nothing_half_made(client: Jobmill, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        client.assets.download(Asset("nothing"), tmp_path / "file")
    assert list(tmp_path.iterdir()) == []


def test_a_deleted_asset_is_gone(client: Jobmill) -> None:
    asset = client.assets.upload(b"abc", name="a")
    client.assets.delete(asset)
    with pytest.raises(NotFound):
        client.assets.get(asset)
