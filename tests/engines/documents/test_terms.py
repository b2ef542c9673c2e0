"""Terms: how they are written in texts, which hold with them, what they are not taken for."""

from pathlib import Path
from typing import Any

import pytest

from jobmill_engine import InputRejected
from jobmill_engines.document_terms.engine import DocumentTerms
from jobmill_engines.document_zones.engine import DocumentZones
from tests.engines.documents.chain import layout, step
from tests.engines.documents.making.made import Made


def index(
    folder: Path, body: str, *terms: dict[str, Any], **more: Any
) -> dict[str, dict[str, Any]]:
    page = f"<html><body>{body}</body></html>".encode()
    made = Made("made", "report", page, "text/html", {})
    zones = step(DocumentZones(), folder, layout(folder, made))
    taxonomy = {"terms": list(terms), **more}
    found = step(DocumentTerms(), folder, zones, {"taxonomy": taxonomy, "least": 0.0})
    return {term["key"]: term for term in found["terms"]}


def test_singular_and_plural_and_synonyms_are_one_term(tmp_path: Path) -> None:
    body = "<p>Heat pumps are quiet. A heat pump needs power. Geothermal heating is dear.</p>"
    found = index(tmp_path, body, {"label": "heat pump", "synonyms": ["geothermal heating"]})
    assert found["heat pump"]["count"] == 3
    places = [place["text"] for place in found["heat pump"]["places"]]
    assert places == ["Heat pumps", "heat pump", "Geothermal heating"]


def test_the_longest_term_takes_the_words(tmp_path: Path) -> None:
    terms = ({"label": "water"}, {"label": "water supply"})
    found = index(tmp_path, "<p>The water supply failed.</p>", *terms)
    assert set(found) == {"water supply"}


def test_broader_terms_follow_and_may_go_round_in_circles(tmp_path: Path) -> None:
    terms = (
        {"label": "oak", "broader": ["tree"]},
        {"label": "tree", "broader": ["plant"]},
        {"label": "plant", "broader": ["tree"]},
    )
    found = index(tmp_path, "<p>An oak stood here.</p>", *terms)
    assert set(found) == {"oak", "tree", "plant"}
    assert found["tree"]["implied_by"] == ["oak", "plant"]
    assert found["plant"]["confidence"] == found["oak"]["confidence"]


def test_headings_and_repetition_make_a_term_surer(tmp_path: Path) -> None:
    body = "<p>Once a cable.</p><h1>Bridges</h1><p>Bridges and bridges, and a bridge.</p>"
    found = index(tmp_path, body, {"label": "bridge"}, {"label": "cable"})
    assert found["bridge"]["confidence"] > 0.85 > found["cable"]["confidence"] > 0.4


def test_an_exact_term_is_not_a_common_word(tmp_path: Path) -> None:
    it = {"label": "IT", "exact": True}
    assert index(tmp_path, "<p>It is what it is.</p>", it) == {}
    assert set(index(tmp_path, "<p>The IT department.</p>", it)) == {"IT"}


def test_parts_of_words_are_no_terms(tmp_path: Path) -> None:
    assert index(tmp_path, "<p>Carpets and scars.</p>", {"label": "car"}) == {}


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        ([], "terms"),
        ([{"label": "a"}, {"label": "a"}], "used twice"),
        ([{"label": "a", "broader": ["b"]}], "which is no term"),
    ],
)
def test_a_taxonomy_that_makes_no_sense_is_refused(
    tmp_path: Path, terms: list[dict[str, Any]], why: str
) -> None:
    with pytest.raises(InputRejected, match=why):
        index(tmp_path, "<p>x</p>", *terms)
