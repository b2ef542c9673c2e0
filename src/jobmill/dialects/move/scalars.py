"""The vendor's scalars: JSON goes out as text and comes in as text or as itself."""

import json
from datetime import datetime
from typing import Any

from graphql import GraphQLError, StringValueNode, ValueNode, value_from_ast_untyped

from jobmill.dialects.move.mapping.times import text_of
from jobmill.http.graphql.scalars import Scalar

LONGEST = 256 * 1024
_TOO_LONG = GraphQLError(f"AWSJSON: at most {LONGEST} characters.")


def _read_json(value: Any) -> Any:
    """Text is JSON; clients hand a page's `after` back as the object that they made of it.

    Only what can be told again as it goes out is let in.
    """
    if isinstance(value, str):
        if len(value) > LONGEST:
            raise _TOO_LONG
        try:
            value = json.loads(value, parse_constant=_no_number)
        except (ValueError, RecursionError):
            raise GraphQLError("AWSJSON: this text is no JSON.") from None
    if len(_write_json(value)) > LONGEST:
        raise _TOO_LONG
    return value


def _no_number(word: str) -> Any:
    raise ValueError(word)


def _write_json(value: Any) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        text.encode()  # half a pair of surrogates can be escaped, and not be written
    except (TypeError, ValueError, RecursionError):
        raise GraphQLError("AWSJSON: no JSON can say this.") from None
    return text


def _json_literal(node: ValueNode) -> Any:
    if isinstance(node, StringValueNode):
        return _read_json(node.value)
    return _read_json(value_from_ast_untyped(node))


def _write_moment(value: Any) -> str:
    return text_of(value) if isinstance(value, datetime) else str(value)


SCALARS = {
    "AWSJSON": Scalar(_write_json, _read_json, _json_literal),
    "AWSDateTime": Scalar(_write_moment, str),
    "AWSURL": Scalar(str, str),
}
