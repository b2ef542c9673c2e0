"""Runs a valid document: first what changes things, one root field after the other, each in a
transaction of its own; then the answer is put together in one view of the database.

`ACTIONS` are the root fields that do something. Their values, or their errors, are what the root
fields of the answer stand for.
"""

import traceback
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

import structlog
from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    execute_sync,
    get_argument_values,
    get_directive_values,
    get_variable_values,
)
from graphql.execution.values import VariableValues

from jobmill.core.errors import InternalError, JobmillError
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.http.graphql.call import Call

LOG = structlog.get_logger("jobmill.graphql")
Action = Callable[..., Awaitable[Any]]


class RequestRefused(Exception):
    """The operation or its variables do not fit; nothing was run."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(errors[0].message)
        self.errors = errors


class Execution:
    """Runs documents of one schema with one table of actions."""

    def __init__(self, schema: GraphQLSchema, actions: Mapping[str, Action]) -> None:
        self._schema = schema
        self._actions = actions
        for root in (schema.query_type, schema.mutation_type):
            for name in actions:
                if root is not None and name in root.fields:
                    root.fields[name].resolve = _told

    async def run(
        self, call: Call, document: DocumentNode, name: str | None, variables: dict[str, Any]
    ) -> ExecutionResult:
        """The answer. Raises RequestRefused."""
        operation = _operation(document, name)
        values = get_variable_values(
            self._schema, operation.variable_definitions or (), variables, max_errors=20
        )
        if isinstance(values, list):
            raise RequestRefused(values)
        await self._act(call, document, operation, values)

        def answer(work: UnitOfWork) -> ExecutionResult:
            call.view = work
            try:
                return execute_sync(
                    self._schema,
                    document,
                    context_value=call,
                    variable_values=variables,
                    operation_name=name,
                )
            finally:
                call.view = None

        return await call.house.database.read(answer)

    def about_schema(
        self, document: DocumentNode, name: str | None, variables: dict[str, Any]
    ) -> ExecutionResult:
        """The answer to a document that asks of the schema alone."""
        operation = _operation(document, name)
        values = get_variable_values(self._schema, operation.variable_definitions or (), variables)
        if isinstance(values, list):
            raise RequestRefused(values)
        return execute_sync(self._schema, document, variable_values=variables, operation_name=name)

    async def _act(
        self,
        call: Call,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        values: VariableValues,
    ) -> None:
        root = self._root(operation)
        for key, node in _root_fields(document, operation, values).items():
            action = self._actions.get(node.name.value)
            if action is None:
                continue
            try:
                given = get_argument_values(root.fields[node.name.value], node, values)
                call.done[key] = await action(call, **given)
            except (JobmillError, GraphQLError) as refusal:
                call.done[key] = refusal
            except Exception as surprise:
                log_surprise(surprise)
                call.done[key] = InternalError()

    def _root(self, operation: OperationDefinitionNode) -> GraphQLObjectType:
        query, mutation = self._schema.query_type, self._schema.mutation_type
        root = mutation if operation.operation is OperationType.MUTATION else query
        assert root is not None  # noqa: S101  the schema has both
        return root


def _told(source: Any, info: GraphQLResolveInfo[Call], **arguments: Any) -> Any:
    """What an action gave; its error is raised where the answer is put together."""
    call: Call = info.context
    found = call.done[str(info.path.key)]
    if isinstance(found, Exception):
        raise found
    return found


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    every = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    if name is None and len(every) == 1:
        return every[0]
    for each in every:
        if name is not None and each.name is not None and each.name.value == name:
            return each
    text = (
        f"The document has no operation {name!r}."
        if name is not None
        else "The document has several operations; name one in operationName."
    )
    raise RequestRefused([GraphQLError(text)])


def _root_fields(
    document: DocumentNode, operation: OperationDefinitionNode, values: VariableValues
) -> dict[str, FieldNode]:
    """The root fields that are asked for, by the key that they have in the answer."""
    fragments = {
        d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)
    }
    found: dict[str, FieldNode] = {}
    for node in _fields(operation.selection_set, fragments, values):
        key = node.alias.value if node.alias is not None else node.name.value
        found.setdefault(key, node)
    return found


def _fields(
    selections: SelectionSetNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    values: VariableValues,
) -> Iterator[FieldNode]:
    for each in selections.selections:
        if not _included(each, values):
            continue
        if isinstance(each, FieldNode):
            yield each
        elif isinstance(each, FragmentSpreadNode):
            yield from _fields(fragments[each.name.value].selection_set, fragments, values)
        elif isinstance(each, InlineFragmentNode):
            yield from _fields(each.selection_set, fragments, values)


def _included(node: Any, values: VariableValues) -> bool:
    if not node.directives:
        return True
    skip = get_directive_values(GraphQLSkipDirective, node, values)
    include = get_directive_values(GraphQLIncludeDirective, node, values)
    return not (skip and skip["if"]) and not (include and not include["if"])


def log_surprise(surprise: Exception) -> None:
    """Write down what nobody foresaw; the caller is told that much only."""
    LOG.error("graphql.failed", exception="".join(traceback.format_exception(surprise)))
