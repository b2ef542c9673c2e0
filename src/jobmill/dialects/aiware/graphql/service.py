"""The service behind /v3/graphql: the vendor's schema, and its shape of errors."""

from typing import Any

from graphql import GraphQLError

from jobmill.core.errors import JobmillError
from jobmill.dialects.aiware.errors import error_body
from jobmill.dialects.aiware.graphql.documents import load_schema
from jobmill.dialects.aiware.graphql.resolvers import ACTIONS, RESOLVERS
from jobmill.dialects.aiware.mapping.times import text_of
from jobmill.http.graphql.call import Call
from jobmill.http.graphql.service import GraphQLService, Manner


def make_service() -> GraphQLService:
    """Built at the first request."""
    return GraphQLService(load_schema(RESOLVERS), ACTIONS, Manner(_shape))


def _shape(error: GraphQLError, cause: JobmillError | None, call: Call) -> dict[str, Any]:
    """An error in the vendor's shape; what is no error of ours is a fault of the request."""
    plain: dict[str, Any] = {"message": error.message, "name": "invalid_input"}
    body = plain if cause is None else error_body(cause)
    body["time_thrown"] = text_of(call.now)
    if error.path is not None:
        body["path"] = error.path
    if error.locations:
        body["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    return body
