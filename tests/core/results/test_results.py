"""An engine's document becomes the results of its features, and nothing of it is lost."""

from jobmill.core.results import Provenance
from jobmill.core.results.model import Result, results_of

FROM = Provenance("engine", "1", {})


def test_a_document_is_split_by_features() -> None:
    document = {"features": {"A": {"spans": []}, "C": {}}, "media": {"format": "mov"}}
    assert results_of("t", ("A", "B"), document, FROM) == (
        Result("t", "A", {"spans": []}, FROM, {"format": "mov"}),
    )


def test_an_unsplit_document_is_that_of_the_one_feature() -> None:
    assert results_of("t", ("A",), {"n": 1}, FROM) == (Result("t", "A", {"n": 1}, FROM),)


def test_an_unsplit_document_of_several_features_is_the_task_s() -> None:
    assert results_of("t", ("A", "B"), {"n": 1}, FROM) == (Result("t", None, {"n": 1}, FROM),)


def test_a_task_without_features_has_its_whole_document() -> None:
    document = {"features": 3}
    assert results_of("t", (), document, FROM) == (Result("t", None, document, FROM),)
