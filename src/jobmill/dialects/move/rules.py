"""The rules that a document is held to: GraphQL's, but that ids are texts, as the vendor's server
takes them. Clients declare `$jobId: String!` where the schema says `ID!`, and the other way round.
"""

from typing import Any

from graphql import (
    GraphQLError,
    GraphQLID,
    GraphQLList,
    GraphQLNonNull,
    GraphQLString,
    OperationDefinitionNode,
    VariablesInAllowedPositionRule,
    type_from_ast,
)
from graphql.validation.rules.variables_in_allowed_position import allowed_variable_usage

from jobmill.http.graphql.rules import Rule, rules_for


class VariablesFit(VariablesInAllowedPositionRule):
    """A variable fits where its type does, and an id where a text does."""

    def leave_operation_definition(self, operation: OperationDefinitionNode, *_: Any) -> None:
        """Look at every use of every variable."""
        schema = self.context.schema
        for usage in self.context.get_recursive_variable_usages(operation):
            told = self.var_def_map.get(usage.node.name.value)
            given = None if told is None else type_from_ast(schema, told.type)
            if told is None or given is None or usage.type is None:
                continue
            wanted, default = _as_text(usage.type), usage.default_value
            if not allowed_variable_usage(
                schema, _as_text(given), told.default_value, wanted, default
            ):
                self.report_error(
                    GraphQLError(
                        f"Variable '${usage.node.name.value}' of type '{given}' used in position"
                        f" expecting type '{usage.type}'.",
                        [told, usage.node],
                    )
                )


def _as_text(kind: Any) -> Any:
    """The same type with texts for ids."""
    if isinstance(kind, GraphQLNonNull):
        return GraphQLNonNull(_as_text(kind.of_type))
    if isinstance(kind, GraphQLList):
        return GraphQLList(_as_text(kind.of_type))
    return GraphQLString if kind is GraphQLID else kind


def lenient_rules_for(text: str) -> list[Rule]:
    """The rules that the document of a text can break."""
    return [
        VariablesFit if rule is VariablesInAllowedPositionRule else rule for rule in rules_for(text)
    ]
