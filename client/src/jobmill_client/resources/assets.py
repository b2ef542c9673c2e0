"""Assets: bytes up and down, never held in memory as a whole."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO
from urllib.parse import quote

from jobmill_client.connection import Body, Connection
from jobmill_client.models import Asset
from jobmill_client.reading import read

CHUNK = 1 << 20
Source = Path | str | bytes | IO[bytes]
Report = Callable[[int], None]


class Assets:
    """`client.assets`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def upload(
        self,
        source: Source,
        *,
        name: str | None = None,
        media_type: str | None = None,
        report: Report | None = None,
    ) -> Asset:
        """Send a file (by path), bytes, or an open binary file.

        `report` is called with the number of bytes sent so far. Raises LimitExceeded when the
        server takes no file of this size.
        """
        headers = {"x-name": quote(name or _name(source), safe=" ")}
        headers["content-type"] = media_type or _media_type(name or _name(source))
        size = _size(source)
        if size is not None:
            headers["content-length"] = str(size)
        body = _body(source, report)
        return read(Asset, self._connection.call("POST", "assets", body=body, headers=headers))

    def get(self, asset: Asset | str) -> Asset:
        """The asset as it is now."""
        return read(Asset, self._connection.call("GET", f"assets/{_ref(asset)}"))

    def delete(self, asset: Asset | str) -> None:
        """Remove the asset; its bytes go when nothing else uses them."""
        self._connection.call("DELETE", f"assets/{_ref(asset)}")

    def chunks(self, asset: Asset | str) -> Iterator[bytes]:
        """The bytes, piece by piece."""
        with self._connection.stream("GET", f"assets/{_ref(asset)}/content") as response:
            yield from response.iter_bytes(CHUNK)

    def download(self, asset: Asset | str, to: Path | str, report: Report | None = None) -> Path:
        """Write the bytes to a file, or into a folder under the asset's name.

        The file appears only when it is whole.
        """
        target = Path(to)
        if target.is_dir():
            found = asset if isinstance(asset, Asset) and asset.name else self.get(asset)
            target = target / (Path(found.name).name or found.id)
        partial = target.with_name(target.name + ".part")
        written = 0
        try:
            with partial.open("wb") as file:
                for chunk in self.chunks(asset):
                    written += file.write(chunk)
                    if report:
                        report(written)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
        return target


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


def _body(source: Source, report: Report | None) -> Body:
    """Makes the chunks afresh for each attempt at sending."""

    def chunks() -> Iterator[bytes]:
        sent = 0
        for chunk in _read(source):
            yield chunk
            sent += len(chunk)
            if report:
                report(sent)

    return chunks


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
