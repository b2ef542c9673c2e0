"""Holds on blobs: bytes that have been stored, and whose row is about to be written, stay.

Without them, equal bytes that are being given up at this moment would be deleted between the two.
A hold is a lock on one byte of one file, at a place that the hash gives, so that it is seen by all
processes on the folder and ends with the one that has it. Blocking, but never for long.
"""

import fcntl
import os
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

# OFD locks reach as far as a signed 64-bit offset; so much of a hash fits.
_HEX_DIGITS = 15


class _Scope:
    """The holds taken in a block. A thread left behind by a cancelled caller may come late."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handles: list[int] = []
        self._closed = False

    def add(self, handle: int) -> None:
        with self._lock:
            if not self._closed:
                self._handles.append(handle)
                return
        os.close(handle)

    def close(self) -> None:
        with self._lock:
            self._closed = True
        for handle in self._handles:
            os.close(handle)


_SCOPE: ContextVar[_Scope | None] = ContextVar("jobmill_holds", default=None)


class Holds:
    """The holds of one blob store."""

    def __init__(self, file: Path) -> None:
        self._file = file
        os.close(self._open())

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Whatever is taken within the block is held until its end; outside of one, not at all."""
        scope = _Scope()
        token = _SCOPE.set(scope)
        try:
            yield
        finally:
            _SCOPE.reset(token)
            scope.close()

    @contextmanager
    def taking(self, sha256: str) -> Iterator[None]:
        """Hold these bytes while they are stored, and to the end of the scope if there is one."""
        handle = self._open()
        scope = _SCOPE.get()
        try:
            _lock(handle, fcntl.F_OFD_SETLKW, fcntl.F_RDLCK, sha256)
            yield
        except BaseException:
            os.close(handle)
            raise
        if scope is None:
            os.close(handle)
        else:
            scope.add(handle)

    @contextmanager
    def deleting(self, sha256: str) -> Iterator[bool]:
        """Whether nobody holds these bytes; until the block ends nobody can take them."""
        handle = self._open()
        try:
            try:
                _lock(handle, fcntl.F_OFD_SETLK, fcntl.F_WRLCK, sha256)
            except BlockingIOError:
                yield False
            else:
                yield True
        finally:
            os.close(handle)

    def _open(self) -> int:
        return os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _lock(handle: int, command: int, kind: int, sha256: str) -> None:
    place = int(sha256[:_HEX_DIGITS], 16)
    fcntl.fcntl(handle, command, struct.pack("hhqqi", kind, os.SEEK_SET, place, 1, 0))
