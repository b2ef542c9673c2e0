"""`Prefer: wait=N` (RFC 7240 §4.3): how long a caller would wait for the end of a job."""

import re

from starlette.requests import Request

APPLIED = "Preference-Applied"
MAX_WAIT_SECONDS = 60
_WAIT = re.compile(r"(?:^|[,;])\s*wait\s*=\s*\"?(\d+)\"?\s*(?=[,;]|$)", re.IGNORECASE)
_DIGITS = 6


def wait_seconds(request: Request) -> int:
    """Whole seconds, 60 at most; 0 without the preference, which may always be ignored.

    The header may be given several times; where it names the preference twice, the first counts.
    """
    found = _WAIT.search(",".join(request.headers.getlist("prefer")))
    if found is None:
        return 0
    digits = found[1].lstrip("0")
    return MAX_WAIT_SECONDS if len(digits) > _DIGITS else min(MAX_WAIT_SECONDS, int(digits or 0))
