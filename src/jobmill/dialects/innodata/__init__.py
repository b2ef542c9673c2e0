"""The Innodata document jobs API at /v1.1 (and /v1), as of its public documentation."""

from jobmill.dialects.innodata.envelope import refused
from jobmill.dialects.innodata.routes import OLDER_ROUTES, ROUTES, unknown
from jobmill.dialects.innodata.schema import MOUNT, OLDER_MOUNT
from jobmill.http.dialect import Dialect

_OLDER = Dialect("innodata-v1", "Innodata jobs", OLDER_MOUNT, OLDER_ROUTES, unknown, refused)
DIALECT = Dialect("innodata", "Innodata jobs", MOUNT, ROUTES, unknown, refused, beside=(_OLDER,))

__all__ = ["DIALECT"]
