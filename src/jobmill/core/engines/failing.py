"""An error that kept an attempt from its work, as its failure."""

from jobmill.core.engines.ports import Failed, FailureClass
from jobmill.core.errors import FetchNotFound, JobmillError, Unavailable


def failed_by(error: JobmillError) -> Failed:
    """What is unavailable may be had at the next try; what is not there will not."""
    later = isinstance(error, Unavailable) and not isinstance(error, FetchNotFound)
    kind = FailureClass.PLATFORM if later else FailureClass.INPUT
    return Failed(kind, error.code, error.message)
