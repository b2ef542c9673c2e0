"""The vendor's ids, as pure functions of a row's UUID 7 and number, both ways.

Jobs: `yyMMwwdd_xxxxxxxxxx`, the day of creation (ww: ISO week) and the number, scrambled into ten
letters and digits; tasks: five more of them. Recordings (TDOs): the number in decimal.
"""

import re
import uuid
from datetime import UTC, datetime

from jobmill.core.ids import unix_ms_of

_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_VALUE = {letter: value for value, letter in enumerate(_LETTERS)}
_JOB_CODES, _TASK_CODES = 62**10, 62**5
# Odd and not divisible by 31, so that they have an inverse modulo a power of 62.
_STRIDE = 618_033_988_749_894_849
_TASK_STRIDE = 566_123_017
_BACK = pow(_STRIDE, -1, _JOB_CODES)
_JOB = re.compile(r"(\d{8})_([0-9A-Za-z]{10})")
_TASK = re.compile(r"(\d{8}_[0-9A-Za-z]{10})([0-9A-Za-z]{5})")
_NUMBER = re.compile(r"[1-9]\d{0,17}")
_NAMESPACE = uuid.UUID("5b0c6a5e-0f5a-5d2b-9a54-0a6b6d9f2c11")
CLUSTER = "rt-"


def job_id(uuid7: str, number: int) -> str:
    """The id of a job."""
    if not 0 < number < _JOB_CODES:
        raise ValueError(f"the number {number} has no code of ten letters")
    return f"{day_of(uuid7)}_{_code(number * _STRIDE % _JOB_CODES, 10)}"


def job_day_and_number(text: str) -> tuple[str, int] | None:
    """What a job's id says; None when the text is no such id."""
    match = _JOB.fullmatch(text)
    if match is None:
        return None
    number = _decoded(match[2]) * _BACK % _JOB_CODES
    return (match[1], number) if number else None


def task_id(job: str, number: int) -> str:
    """The id of a task, from its job's and its own number."""
    return job + _code(number * _TASK_STRIDE % _TASK_CODES, 5)


def job_of_task(text: str) -> str | None:
    """The id of the job of a task's id; None when the text is no such id."""
    match = _TASK.fullmatch(text)
    return match[1] if match else None


def day_of(uuid7: str) -> str:
    """Year, month, ISO week and day of creation, two digits each, in UTC."""
    at = datetime.fromtimestamp(unix_ms_of(uuid7) / 1000, UTC)
    return f"{at:%y%m}{at.isocalendar().week:02d}{at:%d}"


def number_from(text: str) -> int | None:
    """The number behind a decimal id; None when the text is none."""
    return int(text) if _NUMBER.fullmatch(text) else None


def lasting_uuid(kind: str, name: str) -> str:
    """The UUID of something that has a name and no row: always the same for the same name."""
    return str(uuid.uuid5(_NAMESPACE, f"{kind}:{name}"))


def _code(value: int, length: int) -> str:
    letters = []
    for _ in range(length):
        value, rest = divmod(value, 62)
        letters.append(_LETTERS[rest])
    return "".join(reversed(letters))


def _decoded(code: str) -> int:
    value = 0
    for letter in code:
        value = value * 62 + _VALUE[letter]
    return value
