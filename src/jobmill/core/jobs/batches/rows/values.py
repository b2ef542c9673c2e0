"""One row's bytes as a JSON value, strictly: UTF-8, no member twice, no number out of range."""

import json
from math import isinf, isnan
from typing import Any

from jobmill.core.jobs.batches.rows.model import LONGEST_ROW, RowProblem

DEEPEST = 200
_ENCODINGS = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"), (b"\x00", "UTF-32 or binary"))
BOM = b"\xef\xbb\xbf"


class NotARow(Exception):
    """These bytes are no row; carries the problem."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.problem = RowProblem(message, field)


def value_of(text: bytes) -> Any:
    """The value. Raises NotARow."""
    if len(text) > LONGEST_ROW:
        raise too_long()
    try:
        value = _DECODER.decode(text.decode())
        if b"\\u" in text:
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeDecodeError as error:
        raise not_utf8(error.start) from None
    except UnicodeEncodeError:
        raise NotARow("It holds half of a surrogate pair, which is no character.") from None
    except RecursionError:
        raise NotARow("It is nested too deep.") from None
    except json.JSONDecodeError as error:
        said = error.msg[:1].lower() + error.msg[1:]
        raise NotARow(f"It is not valid JSON: {said} at character {error.pos + 1}.") from None
    except ValueError:  # what else the decoder has to say
        raise NotARow("It holds a whole number that is too long.") from None
    if text.count(b"[") + text.count(b"{") > DEEPEST and _depth(value) > DEEPEST:
        raise NotARow(f"It is nested deeper than {DEEPEST} levels.")
    return value


def not_utf8(place: int) -> NotARow:
    """The problem of a row in another encoding."""
    return NotARow(f"It is not UTF-8: byte {place + 1} of it fits no character.")


def too_long() -> NotARow:
    """The problem of a row that is too long."""
    return NotARow(f"It is longer than {LONGEST_ROW} bytes.")


def encoding_of(head: bytes) -> str | None:
    """The name of another encoding that the first bytes of a file tell."""
    return next((name for mark, name in _ENCODINGS if head[: len(mark)] == mark), None)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotARow(f"The member {twice!r} is there twice.", twice)
    return found


def _finite(text: str) -> float:
    number = float(text)
    if isinf(number) or isnan(number):
        raise NotARow(f"The number {text[:20]} is too large.")
    return number


def _constant(text: str) -> Any:
    raise NotARow(f"{text} is no JSON.")


def _depth(value: Any) -> int:
    """Of nested lists and objects; looks no deeper than it must."""
    level, depth = [value], 0
    while level and depth <= DEEPEST:
        depth += 1
        inner = [each for each in level if isinstance(each, list | dict)]
        level = [x for each in inner for x in (each.values() if isinstance(each, dict) else each)]
    return depth


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_float=_finite, parse_constant=_constant)
