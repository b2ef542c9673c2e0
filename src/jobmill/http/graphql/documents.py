"""A schema, read once from our own text, and documents that were parsed and validated before.

A document is validated once: what comes out of here is run as it is. Only short texts are kept, so
that clients which write ids and addresses into their queries do not fill the memory.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    parse,
    validate,
)

from jobmill.http.graphql.call import Call
from jobmill.http.graphql.limits import MAX_TOKENS, check_document
from jobmill.http.graphql.rules import Rule, rules_for
from jobmill.http.graphql.scalars import Scalar, bind_scalars

KEPT, KEPT_LENGTH = 256, 16_384
MAX_ERRORS = 20
Resolver = Callable[..., Any]


class DocumentRefused(Exception):
    """The text is no document that the schema takes; nothing of it was run."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(errors[0].message)
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Document:
    """A valid document. `about_schema`: it asks of nothing but the schema itself."""

    node: DocumentNode
    about_schema: bool


def schema_from(
    sdl: Path, resolvers: Mapping[str, Mapping[str, Resolver]], scalars: Mapping[str, Scalar]
) -> GraphQLSchema:
    """The schema with what fills its fields, by type and field; the rest is read off the source."""
    schema = build_schema(sdl.read_text(encoding="utf-8"), no_location=True)
    bind_scalars(schema, scalars)
    for type_name, fields in resolvers.items():
        known = schema.type_map[type_name]
        assert isinstance(known, GraphQLObjectType)  # noqa: S101  the tables are ours
        for name, resolver in fields.items():
            known.fields[name].resolve = _resolving(resolver)
    return schema


def _resolving(resolver: Resolver) -> Resolver:
    def resolve(source: Any, info: GraphQLResolveInfo[Call], **arguments: Any) -> Any:
        return resolver(source, info.context, **arguments)

    return resolve


class Documents:
    """Parses and validates, and remembers the last short ones. `rules` are those that the document
    of a text can break."""

    def __init__(
        self, schema: GraphQLSchema, rules: Callable[[str], list[Rule]] = rules_for
    ) -> None:
        self._schema = schema
        self._rules = rules
        self._known: OrderedDict[str, Document] = OrderedDict()

    def known(self, text: str) -> Document | None:
        """A document that was valid before."""
        found = self._known.get(text)
        if found is not None:
            self._known.move_to_end(text)
        return found

    def read(self, text: str) -> Document:
        """Parse and validate. Raises DocumentRefused. Takes milliseconds: not for the loop."""
        try:
            node = parse(text, max_tokens=MAX_TOKENS)
            check_document(node)
        except GraphQLError as error:
            raise DocumentRefused([error]) from None
        except RecursionError:
            raise DocumentRefused([GraphQLError("The document is nested too deeply.")]) from None
        errors = validate(self._schema, node, self._rules(text), max_errors=MAX_ERRORS)
        if errors:
            raise DocumentRefused(errors)
        return Document(node, _about_schema(node))

    def keep(self, text: str, document: Document) -> None:
        """Remember a document."""
        if len(text) > KEPT_LENGTH:
            return
        self._known[text] = document
        if len(self._known) > KEPT:
            self._known.popitem(last=False)


def _about_schema(node: DocumentNode) -> bool:
    operations = [d for d in node.definitions if isinstance(d, OperationDefinitionNode)]
    fields = [each for d in operations for each in d.selection_set.selections]
    return all(isinstance(f, FieldNode) and f.name.value.startswith("__") for f in fields)
