"""The vendor's schema, as our own text says it, with what fills its fields."""

from collections.abc import Mapping
from pathlib import Path

from graphql import GraphQLSchema

from jobmill.dialects.aiware.graphql.scalars import SCALARS
from jobmill.http.graphql.documents import Resolver, schema_from

SDL = Path(__file__).with_name("schema.graphql")


def load_schema(resolvers: Mapping[str, Mapping[str, Resolver]]) -> GraphQLSchema:
    """The schema with these resolvers, by type and field."""
    return schema_from(SDL, resolvers, SCALARS)
