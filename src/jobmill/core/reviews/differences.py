"""What an edit changed in a JSON document, as differences at JSON pointers (RFC 6901). Pure."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from jobmill.core.reviews.model import DocumentChange

MOST_CHANGES = 5000
"""An edit of more differences is recorded as one of the whole document."""


def differences(before: Any, after: Any) -> tuple[DocumentChange, ...]:
    """From one document to the other. Applied in their order they make `after` of `before`."""
    try:
        found = tuple(islice(_between("", before, after), MOST_CHANGES + 1))
    except RecursionError:
        found = (DocumentChange("replace", "", before, after),)
    if len(found) > MOST_CHANGES:
        return (DocumentChange("replace", "", before, after),)
    return found


def digest_of(document: Any) -> str:
    """Equal for equal documents, however they are written down."""
    document = _plain(document)
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _between(path: str, before: Any, after: Any) -> Iterator[DocumentChange]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _of_objects(path, before, after)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _of_arrays(path, before, after)
    elif not same(before, after):
        yield DocumentChange("replace", path, before, after)


def _of_objects(
    path: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[DocumentChange]:
    for key, value in before.items():
        here = f"{path}/{_escaped(key)}"
        if key in after:
            yield from _between(here, value, after[key])
        else:
            yield DocumentChange("remove", here, before=value)
    for key, value in after.items():
        if key not in before:
            yield DocumentChange("add", f"{path}/{_escaped(key)}", after=value)


def _of_arrays(path: str, before: Sequence[Any], after: Sequence[Any]) -> Iterator[DocumentChange]:
    """What both begin and end with is left alone; between it, place by place."""
    least = min(len(before), len(after))
    head = next((i for i in range(least) if not same(before[i], after[i])), least)
    left = least - head
    tail = next((i for i in range(left) if not same(before[-1 - i], after[-1 - i])), left)
    old, new = len(before) - head - tail, len(after) - head - tail
    both = min(old, new)
    for i in range(head, head + both):
        yield from _between(f"{path}/{i}", before[i], after[i])
    for i in reversed(range(head + both, head + old)):
        yield DocumentChange("remove", f"{path}/{i}", before=before[i])
    for i in range(head + both, head + new):
        yield DocumentChange("add", f"{path}/{i}", after=after[i])


def same(one: Any, other: Any) -> bool:
    """Equal as JSON: true is not 1."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)


def _plain(value: Any) -> Any:
    """With 1.0 written like 1: JSON knows one kind of number."""
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
