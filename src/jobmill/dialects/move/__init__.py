"""The Move API (move.ai) at /ugc/graphql: motion capture from video, as of its public
documentation."""

from jobmill.dialects.move.errors import error_answer
from jobmill.dialects.move.notes import NOTIFICATIONS
from jobmill.dialects.move.routes import MOUNT, ROUTES, unknown
from jobmill.http.dialect import Dialect

DIALECT = Dialect("move", "Move GraphQL", MOUNT, ROUTES, unknown, error_answer, [NOTIFICATIONS])

__all__ = ["DIALECT"]
