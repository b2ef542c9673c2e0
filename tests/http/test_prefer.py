"""How long a caller would wait, read from every form that the header may have."""

import pytest
from starlette.requests import Request

from jobmill.http.prefer import MAX_WAIT_SECONDS, wait_seconds


def asked(*values: str) -> int:
    headers = [(b"prefer", value.encode("latin-1")) for value in values]
    return wait_seconds(Request({"type": "http", "headers": headers}))


@pytest.mark.parametrize(
    ("values", "seconds"),
    [
        ((), 0),
        (("wait=5",), 5),
        (('respond-async; wait = "7"',), 7),
        (("return=minimal, WAIT=3",), 3),
        (("respond-async", "wait=4"), 4),
        (("wait=2, wait=9",), 2),
        (("wait=007",), 7),
        (("wait=0",), 0),
        (("wait=61",), MAX_WAIT_SECONDS),
        (("wait=" + "9" * 5000,), MAX_WAIT_SECONDS),
        (("wait=-1",), 0),
        (("wait=1.5",), 0),
        (("wait",), 0),
        (("await=5",), 0),
    ],
)
def test_the_preference_is_read_and_bounded(values: tuple[str, ...], seconds: int) -> None:
    assert asked(*values) == seconds
