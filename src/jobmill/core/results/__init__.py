"""What engines found, in one model; everything a transport shows is a projection of it."""

from jobmill.core.results.model import Provenance, Result, ResultWarning
from jobmill.core.results.ports import ResultStore

__all__ = ["Provenance", "Result", "ResultStore", "ResultWarning"]
