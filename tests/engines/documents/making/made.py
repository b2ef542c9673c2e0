"""A made document: its bytes, and what is to be found in it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from tests.engines.documents.making import truth as truths

INVOICE, FORM, REPORT = "invoice", "form", "report"
TRUTHS: dict[str, Callable[[int], Any]] = {
    INVOICE: truths.invoice,
    FORM: truths.form,
    REPORT: truths.report,
}


@dataclass(frozen=True)
class Made:
    """`expected` has every key of the taxonomy that may be there: None, if it is not."""

    name: str
    kind: str
    data: bytes
    media_type: str
    expected: dict[str, Any]


@dataclass(frozen=True)
class Writer:
    """A layout. `unsaid` are keys that it never writes."""

    kind: str
    name: str
    write: Callable[[Any], bytes]
    unsaid: Collection[str] = ()
    media_type: str = "application/pdf"

    def make(self, seed: int) -> Made:
        """The document of a seed."""
        truth = TRUTHS[self.kind](seed)
        expected = {
            key: None if self._silent(key) else value for key, value in truth.expected().items()
        }
        name = f"{self.name}-{seed}"
        return Made(name, self.kind, self.write(truth), self.media_type, expected)

    def _silent(self, key: str) -> bool:
        return key in self.unsaid or key.rpartition(".")[2] in self.unsaid
