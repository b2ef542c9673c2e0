"""Members of ZIP archives, read within limits: what a header claims about sizes is not believed."""

import zipfile
import zlib
from pathlib import Path

from jobmill_engine import InputRejected, LimitReached

MOST_MEMBERS = 20_000
LARGEST_MEMBER = 64 << 20
LARGEST_WHOLE = 256 << 20
_ENCRYPTED = 1


class Archive:
    """An open archive. Raises InputRejected for one that is damaged or encrypted."""

    def __init__(self, path: Path, called: str) -> None:
        self._called = called
        self._read = 0
        try:
            self._file = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise self._damaged(error) from None
        infos = self._file.infolist()
        if len(infos) > MOST_MEMBERS:
            told = f"The document {called} has {len(infos):,} parts: {MOST_MEMBERS:,} are the most"
            raise LimitReached("document_too_large", f"{told}.")
        if any(info.flag_bits & _ENCRYPTED for info in infos):
            told = f"The document {called} is encrypted: save it without a password"
            raise InputRejected("document_encrypted", f"{told} and send it again.")
        self.names = frozenset(info.filename for info in infos)

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def read(self, name: str) -> bytes:
        """A member's bytes. Raises LimitReached for one that unpacks to too much."""
        room = min(LARGEST_MEMBER, LARGEST_WHOLE - self._read)
        try:
            with self._file.open(name) as member:
                data = member.read(room + 1)
        except (KeyError, zipfile.BadZipFile, zlib.error, OSError, EOFError) as error:
            raise self._damaged(error) from None
        except (NotImplementedError, RuntimeError) as error:
            raise self._damaged(error) from None
        if len(data) > room:
            told = f"The part {name!r} of {self._called} unpacks to more than {room >> 20} MiB"
            raise LimitReached("document_too_large", f"{told}: this may be an archive bomb.")
        self._read += len(data)
        return data

    def _damaged(self, error: Exception) -> InputRejected:
        told = f"The document {self._called} is damaged ({error}). Save it anew."
        return InputRejected("document_damaged", told)
