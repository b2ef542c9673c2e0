"""AES-256-GCM under a key in a file that only its owner can read.

The database alone opens nothing, nor does the key alone. The context (the row's id) is
authenticated too, so that a sealed secret cannot be moved to another row.
"""

import base64
import binascii
import os
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from jobmill.core.errors import SecretUnreadable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = "1:"


class KeyFileVault:
    """The `Vault` port. The key is made when the first secret is sealed."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._cipher: AESGCM | None = None
        self._lock = threading.Lock()

    def seal(self, secret: str, context: str) -> str:
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._opened(make=True).encrypt(nonce, secret.encode(), context.encode())
        return VERSION + base64.b64encode(nonce + sealed).decode()

    def open(self, sealed: str, context: str) -> str:
        from cryptography.exceptions import InvalidTag

        try:
            raw = base64.b64decode(sealed.removeprefix(VERSION), validate=True)
            nonce, rest = raw[:NONCE_BYTES], raw[NONCE_BYTES:]
            return self._opened(make=False).decrypt(nonce, rest, context.encode()).decode()
        except (InvalidTag, ValueError, binascii.Error):
            raise SecretUnreadable(
                f"A secret was not sealed with the key in {self._place.name}. Put back the key "
                "file that belongs to this database, or rotate the secret."
            ) from None

    def _opened(self, *, make: bool) -> "AESGCM":
        with self._lock:
            if self._cipher is None:
                # Loaded late: most servers never seal anything.
                from cryptography.hazmat.primitives.ciphers.aead import AESGCM

                self._cipher = AESGCM(self._key(make=make))
            return self._cipher

    def _key(self, *, make: bool) -> bytes:
        if make and not self._place.exists():
            self._make()
        try:
            key = base64.b64decode(self._place.read_text("ascii").strip(), validate=True)
        except FileNotFoundError:
            raise SecretUnreadable(
                f"The key file {self._place.name} is missing in the data folder. Put it back from "
                "your backup, or rotate the secrets."
            ) from None
        except (OSError, ValueError, binascii.Error):
            raise SecretUnreadable(f"The key file {self._place.name} cannot be read.") from None
        if len(key) != KEY_BYTES:
            raise SecretUnreadable(f"The key file {self._place.name} is damaged.")
        return key

    def _make(self) -> None:
        """Write a key in one step; of two processes that do so, the first one's stays."""
        handle, name = tempfile.mkstemp(dir=self._place.parent, prefix=f"{self._place.name}.")
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(base64.b64encode(os.urandom(KEY_BYTES)).decode() + "\n")
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(name, self._place)
            except FileExistsError:
                return
        finally:
            Path(name).unlink()
