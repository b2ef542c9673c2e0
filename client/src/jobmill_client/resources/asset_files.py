"""Assets by path and version, links without a key, and uploads that go on after a cut."""

import base64
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import quote

from jobmill_client.calls import Calls, call, stream
from jobmill_client.errors import Conflict, NotReachable, ServerFailed, Unavailable
from jobmill_client.models import Asset, Link
from jobmill_client.reading import read
from jobmill_client.steps import Close, Pause, Program, Report, Stream, work

DATA = "data://"
CHUNK = 1 << 20
PIECE = 64 << 20
_TUS = {"tus-resumable": "1.0.0"}
_MAY_GO_ON = (NotReachable, Unavailable, ServerFailed, Conflict)


class AssetFileCalls(Calls):
    """The calls about assets as files of a tree with versions."""

    @stream
    def list(
        self,
        *,
        folder: str | None = None,
        path: str | None = None,
        state: str | None = None,
        limit: int | None = None,
    ) -> Stream[Asset]:
        """Assets at their current versions, newest first; below a folder, or at a path."""
        params = {"folder": folder, "path": path, "state": state}
        return self._each(Asset, "assets", params, limit)

    @call
    def versions(self, asset: Asset | str) -> Program[tuple[Asset, ...]]:
        """Every version that there was, the newest first."""
        return self._all(Asset, f"assets/{_id(asset)}/versions")

    @call
    def purge(self, asset: Asset | str, *, version: int | None = None) -> Program[Asset]:
        """Remove the bytes of all versions, or of one, and keep what is known of them."""
        body = {} if version is None else {"version": version}
        return self._ask(Asset, "POST", f"assets/{_id(asset)}/purge", json=body)

    @call
    def link(
        self,
        asset: Asset | str,
        *,
        method: str = "GET",
        version: int | None = None,
        expires_in: int = 3600,
    ) -> Program[Link]:
        """An address that reads one version, or with PUT writes the next, without a key."""
        body = {"method": method, "version": version, "expires_in": expires_in}
        return self._ask(Link, "POST", f"assets/{_id(asset)}/links", json=body)

    @call
    def announce(
        self,
        name: str | None = None,
        *,
        size: int | None = None,
        media_type: str | None = None,
        path: str | None = None,
        expires_in: int = 3600,
    ) -> Program[tuple[Asset, Link]]:
        """Make an asset before its bytes: it, and the link to which they are to be PUT."""
        body = {
            "name": name,
            "size": size,
            "media_type": media_type,
            "path": path,
            "expires_in": expires_in,
        }
        made = yield from self._answer("POST", "assets/awaiting", json=body)
        return read(Asset, made["asset"]), read(Link, made["upload"])

    @call
    def send(
        self,
        file: Path | str,
        *,
        path: str | None = None,
        asset: Asset | str | None = None,
        name: str | None = None,
        media_type: str | None = None,
        upload: str | None = None,
        piece: int = PIECE,
        report: Report | None = None,
    ) -> Program[Asset]:
        """Send a file in pieces (tus), going on where it was when the connection breaks.

        With `path` or `asset` it becomes a version of what is there. `upload` is the address of
        an upload that was begun before. `report` is told how many bytes have arrived.
        """
        size: int = (yield from work(Path(file).stat)).st_size
        offset, where = 0, upload
        if where is None:
            told = {"filename": name or Path(file).name, "filetype": media_type, "path": path}
            told["asset"] = None if asset is None else _id(asset)
            where = yield from self._begin(size, told)
        else:
            offset = yield from self._offset(where)
        pauses = self._terms.patience.pauses()
        while offset < size:
            try:
                offset = yield from self._send_piece(where, Path(file), offset, piece)
                pauses = self._terms.patience.pauses()
            except _MAY_GO_ON:
                pause = next(pauses, None)
                if pause is None:
                    raise
                yield Pause(pause)
                offset = yield from self._offset(where)
            if report:
                report(offset)
        found = yield from self._answer("GET", where)
        return (yield from self._ask(Asset, "GET", f"assets/{found['asset']}"))

    def _begin(self, size: int, told: dict[str, str | None]) -> Program[str]:
        words = [f"{key} {_base64(value)}" for key, value in told.items() if value]
        headers = {**_TUS, "upload-length": str(size), "upload-metadata": ",".join(words)}
        opened = yield from self._open("POST", "uploads", headers=headers)
        yield Close(opened)
        return opened.headers["location"]

    def _offset(self, where: str) -> Program[int]:
        opened = yield from self._open("HEAD", where, headers=_TUS)
        yield Close(opened)
        return int(opened.headers["upload-offset"])

    def _send_piece(self, where: str, file: Path, offset: int, piece: int) -> Program[int]:
        headers = {
            **_TUS,
            "upload-offset": str(offset),
            "content-type": "application/offset+octet-stream",
        }
        body = partial(_slice, file, offset, piece)
        opened = yield from self._open("PATCH", where, headers=headers, body=body)
        yield Close(opened)
        return int(opened.headers["upload-offset"])


def _slice(file: Path, start: int, length: int) -> Iterator[bytes]:
    with file.open("rb") as source:
        source.seek(start)
        while length and (chunk := source.read(min(CHUNK, length))):
            length -= len(chunk)
            yield chunk


def content_of(asset: Asset | str) -> str:
    """Where the bytes are, of an asset by its id or its `data://` path."""
    name = asset.id if isinstance(asset, Asset) else asset
    if name.lower().startswith(DATA):
        return f"data/{quote(name[len(DATA) :])}"
    return f"assets/{quote(name, safe='')}/content"


def _id(asset: Asset | str) -> str:
    return quote(asset.id if isinstance(asset, Asset) else asset, safe="")


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
