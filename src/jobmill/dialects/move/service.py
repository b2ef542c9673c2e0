"""The service behind /ugc/graphql: the vendor's schema, and AppSync's shape of errors."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from graphql import (
    DirectiveLocation,
    GraphQLDeprecatedDirective,
    GraphQLDirective,
    GraphQLError,
    GraphQLIncludeDirective,
    GraphQLSchema,
    GraphQLSkipDirective,
    GraphQLUnionType,
)

from jobmill.core.errors import JobmillError, NotAuthenticated, TooManyAttempts
from jobmill.dialects.move.errors import FAULT, error_body, shaped
from jobmill.dialects.move.resolvers import ACTIONS, RESOLVERS
from jobmill.dialects.move.rules import lenient_rules_for
from jobmill.dialects.move.scalars import SCALARS
from jobmill.http.graphql.call import Call
from jobmill.http.graphql.documents import Resolver, schema_from
from jobmill.http.graphql.service import GraphQLService, Manner

# Newer graphql-core says of @deprecated that it may stand where its older versions, with which the
# vendor's package reads our schema, know no place.
_DEPRECATED = GraphQLDirective(
    name=GraphQLDeprecatedDirective.name,
    locations=[
        DirectiveLocation.FIELD_DEFINITION,
        DirectiveLocation.ARGUMENT_DEFINITION,
        DirectiveLocation.INPUT_FIELD_DEFINITION,
        DirectiveLocation.ENUM_VALUE,
    ],
    args=GraphQLDeprecatedDirective.args,
    description=GraphQLDeprecatedDirective.description,
)
_DIRECTIVES = (GraphQLIncludeDirective, GraphQLSkipDirective, _DEPRECATED)
SDL = Path(__file__).with_name("schema.graphql")


def load_schema(resolvers: Mapping[str, Mapping[str, Resolver]]) -> GraphQLSchema:
    """The schema with these resolvers, by type and field."""
    schema = schema_from(SDL, resolvers, SCALARS)
    schema.directives = _DIRECTIVES
    volume = schema.type_map["Volume"]
    assert isinstance(volume, GraphQLUnionType)  # noqa: S101  the schema is ours
    volume.resolve_type = lambda *_: "HumanVolume"
    return schema


def make_service() -> GraphQLService:
    """Built at the first request."""
    statuses = {TooManyAttempts: 429, NotAuthenticated: 401}
    manner = Manner(_shape, 200, statuses)
    return GraphQLService(load_schema(RESOLVERS), ACTIONS, manner, lenient_rules_for)


def _shape(error: GraphQLError, cause: JobmillError | None, call: Call) -> dict[str, Any]:
    places = [{"line": at.line, "column": at.column} for at in error.locations or ()]
    if cause is None:
        return shaped(error.message, FAULT, error.path, places)
    return error_body(cause, error.path, places)
