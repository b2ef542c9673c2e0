"""Assets: bytes up and down, never held in memory as a whole."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO
from urllib.parse import quote

from jobmill_client.calls import Awaited, Blocking, Calls, call, stream
from jobmill_client.models import Asset
from jobmill_client.steps import Item, Program, Report, Stream, work

CHUNK = 1 << 20
Source = Path | str | bytes | IO[bytes]


class AssetCalls(Calls):
    """The calls about assets."""

    @call
    def upload(
        self,
        source: Source,
        *,
        name: str | None = None,
        media_type: str | None = None,
        report: Report | None = None,
    ) -> Program[Asset]:
        """Send a file (by path), bytes, or an open binary file.

        `report` is called with the number of bytes sent so far. Raises LimitExceeded when the
        server takes no file of this size.
        """
        headers = {"x-name": quote(name or _name(source), safe=" ")}
        headers["content-type"] = media_type or _media_type(name or _name(source))
        size = yield from work(_size, source)
        if size is not None:
            headers["content-length"] = str(size)
        body = partial(_read, source)
        sent = self._ask(Asset, "POST", "assets", body=body, headers=headers, report=report)
        return (yield from sent)

    @call
    def get(self, asset: Asset | str) -> Program[Asset]:
        """The asset as it is now."""
        return self._ask(Asset, "GET", f"assets/{_ref(asset)}")

    @call
    def delete(self, asset: Asset | str) -> Program[None]:
        """Remove the asset; its bytes go when nothing else uses them."""
        return self._tell("DELETE", f"assets/{_ref(asset)}")

    @stream
    def chunks(self, asset: Asset | str) -> Stream[bytes]:
        """The bytes, piece by piece."""
        opened = yield from self._open("GET", f"assets/{_ref(asset)}/content")
        while (chunk := (yield from self._piece(opened))) is not None:
            yield Item(chunk)

    @call
    def download(
        self, asset: Asset | str, to: Path | str, report: Report | None = None
    ) -> Program[Path]:
        """Write the bytes to a file, or into a folder under the asset's name.

        The file appears only when it is whole.
        """
        target = Path(to)
        if (yield from work(target.is_dir)):
            found = asset if isinstance(asset, Asset) else Asset(asset)
            if not found.name:
                found = yield from self.get(asset)
            target = target / (Path(found.name).name or found.id)
        unfinished = target.with_name(target.name + ".part")
        try:
            with unfinished.open("wb") as file:
                yield from self._write(asset, file, report)
            yield from work(unfinished.replace, target)
        finally:
            unfinished.unlink(missing_ok=True)
        return target

    def _write(self, asset: Asset | str, file: IO[bytes], report: Report | None) -> Program[None]:
        opened = yield from self._open("GET", f"assets/{_ref(asset)}/content")
        written = 0
        while (chunk := (yield from self._piece(opened))) is not None:
            written += yield from work(file.write, chunk)
            if report:
                report(written)


class Assets(Blocking, AssetCalls):
    """`client.assets`."""


class AsyncAssets(Awaited, AssetCalls):
    """`client.assets`, awaited."""


def _ref(asset: Asset | str) -> str:
    return asset.id if isinstance(asset, Asset) else asset


def _name(source: Source) -> str:
    if isinstance(source, Path | str):
        return Path(source).name
    name = getattr(source, "name", None)
    return Path(name).name if isinstance(name, str) else "upload"


def _media_type(name: str) -> str:
    import mimetypes

    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def _size(source: Source) -> int | None:
    if isinstance(source, bytes):
        return len(source)
    if isinstance(source, Path | str):
        return Path(source).stat().st_size
    try:
        return os.fstat(source.fileno()).st_size - source.tell()
    except OSError:
        return None


def _read(source: Source) -> Iterator[bytes]:
    if isinstance(source, bytes):
        for start in range(0, len(source), CHUNK):
            yield source[start : start + CHUNK]
    elif isinstance(source, Path | str):
        with Path(source).open("rb") as file:
            yield from _read(file)
    else:
        while chunk := source.read(CHUNK):
            yield chunk
