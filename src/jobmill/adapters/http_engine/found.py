"""What a service found, from what it sent: AION becomes facts, other JSON objects stay as they are.

A service is a stranger: whatever it sends is checked before it is a result.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jobmill.adapters.subprocess.documents import BadResult, parse_document
from jobmill.core.results.aion import AionInvalid, facts_from_aion, is_aion
from jobmill_engine.facts import Chunk, FactsInvalid, collate, read_facts, write_facts

ESTIMATE = "estimatedProcessingTimeInSeconds"


@dataclass(frozen=True, slots=True)
class FoundFile:
    """Bytes that are a result."""

    path: Path
    media_type: str
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Found:
    """Everything that came for one request."""

    documents: list[Mapping[str, Any]] = field(default_factory=list)
    files: list[FoundFile] = field(default_factory=list)

    @property
    def nothing(self) -> bool:
        """Whether the service had nothing to say."""
        return not self.files and not any(self.documents)

    def document(self) -> Mapping[str, Any] | None:
        """All documents as one. Raises BadResult for several that are not facts."""
        full = [each for each in self.documents if each]
        if len(full) <= 1:
            return full[0] if full else None
        try:
            return write_facts(collate([Chunk(read_facts(each)) for each in full]))
        except FactsInvalid as error:
            raise BadResult(
                f"The service sent {len(full)} results, and they cannot be joined: {error}"
            ) from None


def is_json(media_type: str) -> bool:
    """Whether an answer of this type is a document; one without any is taken for it."""
    kind = media_type.partition(";")[0].strip().lower()
    return kind in ("", "application/json") or kind.endswith("+json")


def is_document(path: Path, media_type: str, media_out: Sequence[str], most_bytes: int) -> bool:
    """Whether an answer is a document. Some servers guess that JSON is plain text: an object that
    is called so is one, unless the engine is registered as giving texts."""
    if is_json(media_type):
        return True
    kind = media_type.partition(";")[0].strip().lower()
    if kind != "text/plain" or any(each.startswith(("text/", "*/")) for each in media_out):
        return False
    if path.stat().st_size > most_bytes:
        return False
    with path.open("rb") as file:
        if not file.read(64).lstrip().startswith(b"{"):
            return False
    try:
        parse_document(path.read_bytes(), media_out)
    except BadResult:
        return False
    return True


def document_of(data: bytes, media_out: Sequence[str]) -> Mapping[str, Any]:
    """A document as it is kept. Raises BadResult."""
    if not data.strip():
        return {}
    return kept_form(parse_document(data, media_out))


def kept_form(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """AION as facts; what is none, and names no contract that it breaks, stays as it is. Raises
    BadResult."""
    if not is_aion(document):
        return document
    try:
        return write_facts(facts_from_aion(document))
    except AionInvalid as error:
        if "validationContracts" not in document:
            return document
        raise BadResult(f"The result is not valid as AION: {error}") from None
