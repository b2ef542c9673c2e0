"""Answers GraphQL requests over one schema: needs graphql-core, so built at the first request."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import ExecutionResult, GraphQLError, GraphQLSchema
from pydantic_core import to_json

from jobmill.core.errors import InternalError, JobmillError, TooManyAttempts
from jobmill.http.graphql.call import Call
from jobmill.http.graphql.documents import Document, DocumentRefused, Documents
from jobmill.http.graphql.execution import Action, Execution, RequestRefused, log_surprise
from jobmill.http.graphql.reading import Asked
from jobmill.http.graphql.rules import Rule, rules_for

# Of documents shorter than this, parsing takes less than giving them to a thread.
BRIEF = 600
KEPT_ANSWERS = 8


Shape = Callable[[GraphQLError, JobmillError | None, Call], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Manner:
    """How a vendor says errors. `shape` gets the error and ours behind it; without one it is a
    fault of the request. A document that is not run at all has the status `refused`, and null for
    data where that is 200; an error below one of `statuses` gives an answer that status."""

    shape: Shape
    refused: int = 400
    statuses: Mapping[type[JobmillError], int] = field(
        default_factory=lambda: {TooManyAttempts: 429}
    )


class GraphQLService:
    """Answers requests: the status, the body, and seconds to wait where too many were sent."""

    def __init__(
        self,
        schema: GraphQLSchema,
        actions: Mapping[str, Action],
        manner: Manner,
        rules: Callable[[str], list[Rule]] = rules_for,
    ) -> None:
        self.schema = schema
        self._manner = manner
        self._documents = Documents(schema, rules)
        self._execution = Execution(schema, actions)
        self._about_schema: OrderedDict[tuple[str, str | None], bytes] = OrderedDict()

    async def answer(self, call: Call, asked: Asked) -> tuple[int, bytes, int | None]:
        """Run a request."""
        kept = self._about_schema.get((asked.query, asked.operation))
        if kept is not None and not asked.variables:
            return 200, kept, None
        try:
            document = await self._document(asked.query)
            if document.about_schema:
                return 200, self._told(document, asked), None
            result = await self._execution.run(
                call, document.node, asked.operation, asked.variables
            )
        except (DocumentRefused, RequestRefused) as refusal:
            errors = [self._shaped(each, call) for each in refusal.errors]
            nothing = {"data": None} if self._manner.refused == 200 else {}
            return self._manner.refused, to_json({**nothing, "errors": errors}), None
        return self._answer(result, call)

    async def _document(self, text: str) -> Document:
        known = self._documents.known(text)
        if known is not None:
            return known
        read = self._documents.read
        document = read(text) if len(text) < BRIEF else await asyncio.to_thread(read, text)
        self._documents.keep(text, document)
        return document

    def _told(self, document: Document, asked: Asked) -> bytes:
        """What the schema says of itself, kept as bytes: tools ask the same again and again."""
        result = self._execution.about_schema(document.node, asked.operation, asked.variables)
        body = to_json(result.formatted)
        if not asked.variables and not result.errors:
            self._about_schema[asked.query, asked.operation] = body
            if len(self._about_schema) > KEPT_ANSWERS:
                self._about_schema.popitem(last=False)
        return body

    def _answer(self, result: ExecutionResult, call: Call) -> tuple[int, bytes, int | None]:
        body: dict[str, Any] = {}
        status, wait = 200, None
        if result.errors:
            body["errors"] = [self._shaped(each, call) for each in result.errors]
            for error in result.errors:
                status = self._status(error.original_error) or status
                if isinstance(error.original_error, TooManyAttempts):
                    wait = int(error.original_error.details.get("retry_after", 10))
        body["data"] = result.data
        return status, to_json(body), wait

    def _status(self, cause: Exception | None) -> int | None:
        statuses = self._manner.statuses
        return next((each for kind, each in statuses.items() if isinstance(cause, kind)), None)

    def _shaped(self, error: GraphQLError, call: Call) -> dict[str, Any]:
        cause = error.original_error
        if cause is None or isinstance(cause, GraphQLError):
            return self._manner.shape(error, None, call)
        if not isinstance(cause, JobmillError):
            log_surprise(cause)
            cause = InternalError()
        return self._manner.shape(error, cause, call)
