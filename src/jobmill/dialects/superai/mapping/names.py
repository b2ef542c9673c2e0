"""Ids: a job's is its number in decimal, and its `uuid` the platform's own id. Either names it."""

import re

from jobmill.core.ids import JobId, JobNumber, JobRef

_LAST = 2**63 - 1
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def job_ref(text: str) -> JobRef:
    """A job by its number or its UUID; what is neither names none."""
    number = number_of(text)
    return JobId(text.strip().lower()) if number is None else JobNumber(number)


def number_of(text: str) -> int | None:
    """A decimal id; None for anything else."""
    word = text.strip()
    plain = word.isascii() and word.isdecimal() and len(word) < 20
    return int(word) if plain and 0 < int(word) <= _LAST else None


def is_uuid(text: str) -> bool:
    """Whether it is a UUID in its usual form."""
    return _UUID.fullmatch(text.strip()) is not None
