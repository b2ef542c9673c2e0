"""The OpenAPI document is true: whatever is sent, the answers are those that it describes."""

from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.specs.openapi.checks import positive_data_acceptance

from jobmill.bootstrap import create_app
from jobmill.config import Settings
from tests.running import Running

DOCUMENT: dict[str, Any] = create_app(Settings(data=Path("never-opened"))).openapi()
schema = schemathesis.openapi.from_dict(DOCUMENT)


@schema.parametrize()
@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_as_described(case: Case, idle: Running) -> None:
    """Without `positive_data_acceptance`: no schema says which engines, files and names exist."""
    headers = {"Authorization": f"Bearer {idle.key}"}
    answer = case.call(base_url=idle.url, headers=headers, timeout=30)
    case.validate_response(answer, excluded_checks=[positive_data_acceptance])


def test_the_document_is_openapi_3_1_and_served_as_it_is(idle: Running) -> None:
    served = idle.client.get("/openapi.json").json()
    assert served["openapi"].startswith("3.1")
    assert served["paths"].keys() == DOCUMENT["paths"].keys()
    assert served["components"]["securitySchemes"]["key"]["scheme"] == "bearer"


def test_every_operation_has_words_a_stranger_needs() -> None:
    ids = []
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            where = f"{method} {path}"
            ids.append(operation["operationId"])
            assert operation["summary"], where
            assert len(operation["description"]) > 20, where
            assert operation["tags"], where
            for status, answer in operation["responses"].items():
                assert answer["description"], where
                kinds = set(answer.get("content", {}))
                if int(status) >= 400 and status != "416":
                    assert kinds == {"application/problem+json"}, f"{where} {status}"
            assert {"401", "403", "422", "503"} <= operation["responses"].keys(), where
    assert len(set(ids)) == len(ids)
