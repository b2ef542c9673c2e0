"""Everything behind /v3/graphql that needs graphql-core: built at the first request, then kept."""

import asyncio
from collections import OrderedDict
from typing import Any

from graphql import ExecutionResult, GraphQLError
from pydantic_core import to_json

from jobmill.core.errors import InternalError, JobmillError, TooManyAttempts
from jobmill.dialects.aiware.errors import error_body
from jobmill.dialects.aiware.graphql.call import Call
from jobmill.dialects.aiware.graphql.documents import (
    Document,
    DocumentRefused,
    Documents,
    load_schema,
)
from jobmill.dialects.aiware.graphql.execution import Execution, RequestRefused, log_surprise
from jobmill.dialects.aiware.graphql.reading import Asked
from jobmill.dialects.aiware.graphql.resolvers import ACTIONS, RESOLVERS
from jobmill.dialects.aiware.mapping.times import text_of

# Of documents shorter than this, parsing takes less than giving them to a thread.
BRIEF = 600
KEPT_ANSWERS = 8


class GraphQLService:
    """Answers requests: the status, the body, and seconds to wait where too many were sent."""

    def __init__(self) -> None:
        self.schema = load_schema(RESOLVERS)
        self._documents = Documents(self.schema)
        self._execution = Execution(self.schema, ACTIONS)
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
            errors = [_formatted(each, call) for each in refusal.errors]
            return 400, to_json({"errors": errors}), None
        return _answer(result, call)

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


def _answer(result: ExecutionResult, call: Call) -> tuple[int, bytes, int | None]:
    body: dict[str, Any] = {}
    wait = None
    if result.errors:
        body["errors"] = [_formatted(each, call) for each in result.errors]
        for error in result.errors:
            if isinstance(error.original_error, TooManyAttempts):
                wait = int(error.original_error.details.get("retry_after", 10))
    body["data"] = result.data
    return (200 if wait is None else 429), to_json(body), wait


def _formatted(error: GraphQLError, call: Call) -> dict[str, Any]:
    """An error in the vendor's shape; what is no error of ours is a fault of the request."""
    cause = error.original_error
    body = error_body(cause) if isinstance(cause, JobmillError) else _plain(error)
    body["time_thrown"] = text_of(call.now)
    if error.path is not None:
        body["path"] = error.path
    if error.locations:
        body["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    return body


def _plain(error: GraphQLError) -> dict[str, Any]:
    cause = error.original_error
    if cause is not None and not isinstance(cause, GraphQLError):
        log_surprise(cause)
        return error_body(InternalError())
    return {"message": error.message, "name": "invalid_input"}
