"""`Prefer: wait=N` (RFC 7240 §4.3): how long a caller would wait for the end of a job."""

import re

from starlette.requests import Request

APPLIED = "Preference-Applied"
MAX_WAIT_SECONDS = 60
_WAIT = re.compile(r"(?:^|[,;])\s*wait\s*=\s*\"?(\d{1,6})\"?\s*(?=[,;]|$)", re.IGNORECASE)


def wait_seconds(request: Request) -> int:
    """Whole seconds, 60 at most; 0 without the preference, which may always be ignored."""
    found = _WAIT.search(request.headers.get("prefer", ""))
    return min(MAX_WAIT_SECONDS, int(found[1])) if found else 0
