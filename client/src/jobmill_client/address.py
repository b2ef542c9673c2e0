"""Where the server is and which key opens it: from arguments, the environment or a data folder.

A server leaves two files in its data folder: `server.json` with its address while it runs, and
`admin-key` from its first start on.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

DEFAULT_URL = "http://127.0.0.1:9000"
OWN_HOSTS = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Address:
    """A server's URL without a slash at its end, and a key or None."""

    url: str
    key: str | None


def find_address(
    url: str | None = None,
    key: str | None = None,
    data: Path | str | None = None,
    environment: Mapping[str, str] | None = None,
) -> Address:
    """The first of: `url` and `key`; the folder `data`; JOBMILL_URL and JOBMILL_KEY; JOBMILL_DATA.

    A folder's key is taken only for a server on this machine, so that it is never sent elsewhere.
    """
    env = os.environ if environment is None else environment
    folders = [Path(each) if each else None for each in (data, env.get("JOBMILL_DATA"))]
    url = (
        url
        or _running_at(folders[0])
        or env.get("JOBMILL_URL")
        or _running_at(folders[1])
        or DEFAULT_URL
    ).rstrip("/")
    key = (
        key
        or _key_in(folders[0], url)
        or env.get("JOBMILL_KEY")
        or _key_in(folders[1], url)
        or None
    )
    return Address(url, key)


def _running_at(folder: Path | None) -> str | None:
    """The address that the folder's server has written down."""
    try:
        found = json.loads(_text(folder, "server.json") or "{}")
    except ValueError:
        return None
    url = found.get("url") if isinstance(found, dict) else None
    return str(url) if url else None


def _key_in(folder: Path | None, url: str) -> str | None:
    own = urlsplit(url).hostname in OWN_HOSTS or url == _running_at(folder)
    return _text(folder, "admin-key") if own else None


def _text(folder: Path | None, name: str) -> str | None:
    if folder is None:
        return None
    try:
        return (folder / name).read_text(encoding="utf-8").strip()
    except OSError:
        return None
