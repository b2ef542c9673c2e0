"""Whatever a body holds, the answer is in the envelope and no fault of the server's."""

import json
from typing import Any

import httpx2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dialects.innodata.people import People

NOBODY = "00000000-0000-7000-8000-000000000000"
_WORDS = """
type contents collaboration metadata name role uri id teams users steps email mapping taxonomy
mapping.taxonomy zoning document step comment seconds members password username
high_confidence_threshold
"""
WORDS = st.sampled_from(_WORDS.split())
TEXTS = st.sampled_from(
    ["data-point-extraction", "input", "*", "", "zoning", NOBODY, "x://y", "\0"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | TEXTS, inner, max_size=4),
    max_leaves=12,
)
CALLS = st.sampled_from(
    [
        ("POST", "/jobs"),
        ("PUT", "/jobs/{job}"),
        ("POST", "/jobs/{job}/checkout"),
        ("POST", "/jobs/{job}/checkin"),
        ("POST", "/jobs/{job}/release"),
        ("POST", "/jobs/{job}/rewind"),
        ("PUT", "/jobs/{job}/contents/zoning-json"),
        ("POST", "/teams"),
        ("POST", "/users"),
        ("PUT", "/users/me"),
        ("POST", "/documents"),
    ]
)


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(call=CALLS, body=st.dictionaries(WORDS, JSON, max_size=6) | JSON)
def test_no_body_makes_the_server_fail(
    people: People, waiting: str, call: tuple[str, str], body: Any
) -> None:
    method, path = call
    answer = httpx2.request(
        method,
        f"{people.url}/v1.1{path.format(job=waiting)}",
        content=json.dumps(body),
        auth=(people.live["erin"], ""),
        timeout=60,
    )
    assert answer.status_code < 500, (call, body, answer.text)
    envelope = answer.json()
    assert envelope["status_code"] == answer.status_code
    assert envelope["success"] is (answer.status_code < 400)
    if answer.status_code >= 400:
        assert envelope["response"]["error"]["message"]
