"""Why a task failed, in Edge's words."""

from collections.abc import Mapping

from jobmill.core.jobs.model import Failure
from jobmill.dialects.aiware.mapping.jobs import reason_of

NONE = "none"
# From the reasons of the dialect's other face; whatever stands here nowhere is `internal_error`.
REASONS: Mapping[str, str] = {
    "url_error": "connection",
    "url_timeout": "connection",
    "url_connection_refused": "connection",
    "url_not_found": "not_found",
    "url_not_allowed": "unauthorized",
    "invalid_data": "bad_data",
    "rate_limited": "rate_limited",
    "system_dependency_missing": "resources",
    "unknown": "unknown",
}
# Codes of ours that Edge tells apart and the other face does not.
CODES: Mapping[str, str] = {
    "memory_exceeded": "resources",
    "cpu_time_exceeded": "resources",
    "timed_out": "resources",
}


def edge_reason_of(failure: Failure | None) -> str:
    """Edge's word for why a task failed."""
    if failure is None:
        return NONE
    return CODES.get(failure.code) or REASONS.get(reason_of(failure), "internal_error")
