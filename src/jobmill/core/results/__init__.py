"""What engines found, in one model; everything a transport shows is a projection of it."""

from jobmill.core.results.alarms import Alarm, Violation, alarms_from, violations
from jobmill.core.results.model import Provenance, Result, ResultWarning
from jobmill.core.results.ports import ResultStore

__all__ = [
    "Alarm",
    "Provenance",
    "Result",
    "ResultStore",
    "ResultWarning",
    "Violation",
    "alarms_from",
    "violations",
]
