"""The aiWARE job APIs (Veritone): GraphQL at /v3/graphql and Edge REST at /edge/v1, as of their
public documentation."""

from jobmill.dialects.aiware.edge.routes import EDGE
from jobmill.dialects.aiware.errors import error_answer
from jobmill.dialects.aiware.graphql.routes import MOUNT, ROUTES, unknown
from jobmill.dialects.aiware.graphql.task_logs import LOG_ROUTES
from jobmill.dialects.aiware.notes import NOTIFICATIONS
from jobmill.dialects.aiware.oauth.routes import ROUTES as OAUTH_ROUTES
from jobmill.http.dialect import Dialect

DIALECT = Dialect(
    "aiware",
    "aiWARE GraphQL",
    MOUNT,
    [*ROUTES, *LOG_ROUTES, *OAUTH_ROUTES],
    unknown,
    error_answer,
    [NOTIFICATIONS],
    beside=(EDGE,),
)

__all__ = ["DIALECT"]
