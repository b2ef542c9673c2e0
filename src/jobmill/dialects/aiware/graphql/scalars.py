"""The vendor's scalars: how their values are read from requests and written into answers."""

from datetime import UTC, datetime
from math import isfinite
from typing import Any

from graphql import (
    FloatValueNode,
    GraphQLError,
    IntValueNode,
    StringValueNode,
    ValueNode,
)

from jobmill.dialects.aiware.mapping.times import moment_from, text_of
from jobmill.http.graphql.scalars import Scalar
from jobmill.http.graphql.uploads import Upload


def _read_moment(value: Any) -> datetime:
    found = moment_from(value)
    if found is None:
        raise GraphQLError(
            f"{value!r} is no DateTime: write ISO 8601, Unix seconds or Unix milliseconds."
        )
    return found


def _write_moment(value: Any) -> str:
    if isinstance(value, datetime):
        return text_of(value.astimezone(UTC))
    return str(value)


def _moment_literal(node: ValueNode) -> datetime:
    if isinstance(node, IntValueNode | FloatValueNode):
        return _read_moment(float(node.value))
    if isinstance(node, StringValueNode):
        return _read_moment(node.value)
    raise GraphQLError("A DateTime is a string or a number.")


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise GraphQLError(f"{value!r} is no whole number.")
    try:
        return int(value)
    except (ValueError, OverflowError):
        raise GraphQLError(f"{value!r} is no whole number.") from None


def _whole_literal(node: ValueNode) -> int:
    if isinstance(node, IntValueNode | StringValueNode):
        return _whole(node.value)
    raise GraphQLError("A BigInt is a whole number.")


def _json(value: Any) -> Any:
    """JSON as it is, but for numbers that no JSON can say."""
    if isinstance(value, float) and not isfinite(value):
        raise GraphQLError("No JSON can say this number.")
    for each in value.values() if isinstance(value, dict) else value if _is_list(value) else ():
        _json(each)
    return value


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


def _as_it_is(value: Any) -> Any:
    return value


def _read_upload(value: Any) -> Upload:
    if not isinstance(value, Upload):
        raise GraphQLError("Send the file as a part of a multipart/form-data request.")
    return value


def _no_upload(node: ValueNode) -> Upload:
    raise GraphQLError("A file cannot be written into the query; send it as a part of a form.")


SCALARS = {
    "DateTime": Scalar(_write_moment, _read_moment, _moment_literal),
    "BigInt": Scalar(_whole, _whole, _whole_literal),
    "JSONData": Scalar(_as_it_is, _json),
    "Time": Scalar(str, _as_it_is),
    "UploadedFile": Scalar(str, _read_upload, _no_upload),
}
