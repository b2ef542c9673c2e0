"""How the values of a schema's own scalars are read from requests and written into answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLScalarType, GraphQLSchema, ValueNode


@dataclass(frozen=True, slots=True)
class Scalar:
    """One scalar. What `write` and `read` cannot take they refuse with a GraphQLError; `literal`
    reads a value that stands in the query itself, where `read` does not do."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]
    literal: Callable[[ValueNode], Any] | None = None


def bind_scalars(schema: GraphQLSchema, scalars: Mapping[str, Scalar]) -> None:
    """Give the scalars of the schema their reading and writing."""
    for name, known in schema.type_map.items():
        ours = scalars.get(name)
        if not isinstance(known, GraphQLScalarType) or ours is None:
            continue
        known.coerce_output_value = known.serialize = ours.write  # type: ignore[method-assign, assignment]
        known.coerce_input_value = known.parse_value = ours.read  # type: ignore[method-assign, assignment]
        if ours.literal is not None:
            known.coerce_input_literal = ours.literal
