"""Whatever a body or a query holds, the answer is a message and no fault of the server's."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dialects.superai.conftest import Caller, job_of

_WORDS = """
inputs inputsFileUrl callbackUrl metadata labeler pending tags strict key templateName appName
appParams status response correct input label tag text said description
"""
WORDS = st.sampled_from(_WORDS.split())
TEXTS = st.sampled_from(
    ["labels", "labels.router", "", "\0", "bots", "DISABLED", "data://1/in/rows.json", "x://y", "a"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | TEXTS, inner, max_size=4),
    max_leaves=12,
)
CALLS = st.sampled_from(
    [
        ("POST", "apps"),
        ("PATCH", "apps/labels"),
        ("POST", "apps/labels/jobs"),
        ("PUT", "apps/labels/jobs/tags?idSearch={job}"),
        ("DELETE", "apps/labels/jobs/tags?idSearch={job}"),
        ("PATCH", "jobs/{job}/review"),
        ("POST", "apis/labels/baselineData"),
    ]
)
QUERIES = st.sampled_from(
    [
        ("GET", "apps/labels/jobs"),
        ("GET", "apps"),
        ("GET", "data"),
        ("GET", "data/url"),
        ("POST", "data"),
        ("GET", "apis/labels/baselineData"),
        ("POST", "apps/labels/job_responses"),
    ]
)
_NAMES = """
page size sortBy orderBy createdStartDate completedEndDate statusIn tags correct batchId idSearch
path dataId recursive signedUrl secondsTtl mimeType description uploadUrl withHistory all
"""
NAMES = st.sampled_from(_NAMES.split())
VALUES = st.text(max_size=12) | st.sampled_from(
    [
        "-1",
        "0",
        "99999999999999999999",
        "true",
        "COMPLETED",
        "0001-01-01",
        "9999-12-31T23:59:59.999999Z",
        "9999-12-31T23:59:59-09:00",
        "2026-01-01T00:00:00 01:00",
    ]
)
PATIENT = settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@PATIENT
@given(call=CALLS, body=st.dictionaries(WORDS, JSON, max_size=6) | JSON)
def test_no_body_makes_the_server_fail(
    admin: Caller, labels: str, call: tuple[str, str], body: Any
) -> None:
    method, path = call
    job = job_of(admin, labels, pending=True)["id"]
    answer = admin.call(method, path.format(job=job), content=json.dumps(body))
    assert answer.status_code < 500, (call, body, answer.text)
    if answer.status_code >= 400:
        assert answer.json()["message"]


@PATIENT
@given(call=QUERIES, query=st.dictionaries(NAMES, VALUES, max_size=4))
def test_no_query_makes_the_server_fail(
    admin: Caller, labels: str, call: tuple[str, str], query: dict[str, str]
) -> None:
    method, path = call
    answer = admin.call(method, path, params=query)
    assert answer.status_code < 500, (call, query, answer.text)
    if answer.status_code >= 400:
        assert answer.json()["message"]
