"""The Gentoo (Nobrolla Video System) AI jobs API at /api/ai, as of its public documentation."""

from jobmill.dialects.gentoo.errors import error_answer
from jobmill.dialects.gentoo.routes import ROUTES, unknown
from jobmill.http.dialect import Dialect

DIALECT = Dialect("gentoo", "Gentoo AI jobs", "/api/ai", ROUTES, unknown, error_answer)

__all__ = ["DIALECT"]
