"""Caps on what a document may ask, counted in one walk before the expensive rules look at it.

Tokens are capped by the parser. What a document costs when it runs is counted as it runs (`Call`).
"""

from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionSetNode,
)

MAX_TOKENS = 15_000
MAX_DEPTH = 16
MAX_FIELDS = 3_000
MAX_ALIASES = 100
MAX_OPERATIONS = 20
MAX_FRAGMENTS = 60


@dataclass(slots=True)
class _Count:
    """What one operation asks, its fragments laid out."""

    fragments: dict[str, FragmentDefinitionNode]
    fields: int = 0
    aliases: int = 0


def check_document(document: DocumentNode) -> None:
    """Raise GraphQLError for a document beyond the caps."""
    definitions = document.definitions
    fragments = {d.name.value: d for d in definitions if isinstance(d, FragmentDefinitionNode)}
    operations = [d for d in definitions if isinstance(d, OperationDefinitionNode)]
    if len(fragments) > MAX_FRAGMENTS or len(operations) > MAX_OPERATIONS:
        raise GraphQLError(
            f"The document has more than {MAX_FRAGMENTS} fragments or {MAX_OPERATIONS} operations."
        )
    for operation in operations:
        _walk(operation.selection_set, _Count(fragments), 1, ())


def _walk(selections: SelectionSetNode, count: _Count, depth: int, open_: tuple[str, ...]) -> None:
    if depth > MAX_DEPTH:
        raise GraphQLError(f"The query is nested deeper than {MAX_DEPTH} levels.")
    for each in selections.selections:
        if isinstance(each, FieldNode):
            _count(each, count)
            if each.selection_set is not None:
                _walk(each.selection_set, count, depth + 1, open_)
        elif isinstance(each, FragmentSpreadNode):
            name = each.name.value
            fragment = count.fragments.get(name)
            # A cycle is found by the rules that come after this.
            if fragment is not None and name not in open_:
                _walk(fragment.selection_set, count, depth, (*open_, name))
        else:
            _walk(each.selection_set, count, depth, open_)  # type: ignore[attr-defined]


def _count(node: FieldNode, count: _Count) -> None:
    count.fields += 1
    count.aliases += node.alias is not None
    if count.fields > MAX_FIELDS:
        raise GraphQLError(f"The query asks for more than {MAX_FIELDS} fields.")
    if count.aliases > MAX_ALIASES:
        raise GraphQLError(f"The query has more than {MAX_ALIASES} aliases.")
