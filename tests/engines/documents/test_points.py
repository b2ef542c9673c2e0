"""Data points: types, labels and places one by one; what people edited; what is never made up."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from jobmill_engine import InputRejected
from jobmill_engines.data_points.dates import days_in, order_of
from jobmill_engines.data_points.engine import DataPoints
from jobmill_engines.data_points.sums import amounts_in, decimal_of
from jobmill_engines.document_zones.engine import DocumentZones
from jobmill_engines.documents import patterns
from tests.engines.documents.chain import layout, step
from tests.engines.documents.making.made import Made
from tests.engines.documents.making.pen import Pen


def zones(folder: Path, *told: tuple[float, float, str]) -> dict[str, Any]:
    pen = Pen()
    for x, y, text in told:
        pen.text(x, y, text)
    made = Made("made", "report", pen.pdf(), "application/pdf", {})
    return step(DocumentZones(), folder, layout(folder, made))


def find(
    folder: Path, given: dict[str, Any], *points: dict[str, Any], **more: Any
) -> dict[str, Any]:
    taxonomy = {"datapoints": list(points), **more}
    return step(DataPoints(), folder, given, {"taxonomy": taxonomy})


def values(found: dict[str, Any]) -> dict[str, Any]:
    return {point["key"]: point["value"] for point in found["points"]}


@pytest.mark.parametrize(
    ("text", "decimal", "wanted"),
    [
        ("1,234.56", None, "1234.56"),
        ("1.234,56 €", None, "1234.56"),
        ("1 234 567,89", None, "1234567.89"),
        ("12'000.50", None, "12000.50"),
        ("1,845,48", None, "1845.48"),
        ("(300.00)", None, "-300.00"),
        ("-7", None, "-7"),
        ("7.50-", None, "-7.50"),
        ("1.234", "comma", "1234"),
        ("1.234", "point", "1.234"),
        ("$.50", None, "0.50"),
    ],
)
def test_numbers_are_read_as_they_are_meant(text: str, decimal: str | None, wanted: str) -> None:
    (amount,) = amounts_in(text, decimal)
    assert amount.value == Decimal(wanted)


def test_currencies_are_known_by_sign_and_code() -> None:
    texts = ("€ 5.00", "5,00 EUR", "$5", "GBP 5.00", "5 zł", "5.00")
    found = [amounts_in(text, None)[0].currency for text in texts]
    assert found == ["EUR", "EUR", "USD", "GBP", "PLN", None]


def test_a_document_shows_how_it_writes_decimals() -> None:
    assert decimal_of(["1.234,50", "12,00"]) == "comma"
    assert decimal_of(["5.50"]) == "point"
    assert decimal_of(["1.234"]) is None


@pytest.mark.parametrize(
    "text",
    [
        *("2024-03-07", "7 March 2024", "March 7, 2024", "7th of March 2024", "07.03.2024"),
        *(
            "7-Mar-24",
            "7. März 2024",
            "7 mars 2024",
            "7 de marzo de 2024",
            "20240307",
            "Mar 7 2024",
        ),
    ],
)
def test_dates_are_read_in_many_forms(text: str) -> None:
    assert [day.value for day in days_in(f"on {text}, at noon", None)] == [date(2024, 3, 7)]


def test_the_order_of_day_and_month_is_shown_by_another_date() -> None:
    assert order_of(["03/04/2024", "25/12/2024"]) == "dmy"
    assert order_of(["12/25/2024"]) == "mdy"
    assert days_in("03/04/2024", "mdy")[0].value == date(2024, 3, 4)
    assert days_in("03/04/2024", None)[0].ambiguous
    assert days_in("31/02/2024", None) == []


def test_a_value_stands_behind_right_of_or_below_its_label(tmp_path: Path) -> None:
    given = zones(
        tmp_path,
        *((50, 50, "Report number: R-17"), (50, 100, "Total"), (300, 100, "EUR 12.50")),
        *((50, 150, "Prepared by"), (50, 164, "Anna Kowalski"), (300, 150, "Due date")),
        (300, 164, "7 March 2024"),
    )
    found = find(
        tmp_path,
        given,
        {"key": "number", "label": "Report number", "type": "identifier"},
        {"key": "total", "type": "money"},
        {"key": "author", "label": "Prepared by"},
        {"key": "due", "label": "Due date", "type": "date"},
    )
    assert values(found) == {
        "number": "R-17",
        "total": {"amount": "12.50", "currency": "EUR"},
        "author": "Anna Kowalski",
        "due": "2024-03-07",
    }
    by = {point["key"]: point["by"] for point in found["points"]}
    assert by == {"number": "inline", "total": "right", "author": "below", "due": "below"}
    assert found["confidence"] == min(point["confidence"] for point in found["points"]) > 0.8


def test_what_is_not_there_is_missing_and_never_made_up(tmp_path: Path) -> None:
    given = zones(tmp_path, (50, 50, "Invoice number:"), (50, 100, "Delivered on 7 March 2024"))
    found = find(
        tmp_path,
        given,
        {"key": "number", "label": "Invoice number", "type": "identifier", "required": True},
        {"key": "due", "label": "Due date", "type": "date"},
    )
    assert found["points"] == []
    missing = {each["key"]: each for each in found["missing"]}
    assert missing["number"]["confidence"] == found["confidence"] == 0.0
    assert missing["due"]["confidence"] == 1.0
    assert [doubt["path"] for doubt in found["doubts"]] == ["/missing/0"]


def test_a_pattern_finds_a_value_without_a_label_if_it_is_the_only_one(tmp_path: Path) -> None:
    point = {"key": "mail", "label": "E-mail", "pattern": r"[\w.]+@[\w.]+\w"}
    one = zones(tmp_path, (50, 50, "Write to anna@example.org, please"))
    found = find(tmp_path, one, point)
    assert values(found) == {"mail": "anna@example.org"}
    assert found["points"][0]["by"] == "pattern"
    two = zones(tmp_path, (50, 50, "Write to anna@example.org or to bob@example.org"))
    assert find(tmp_path, two, point)["points"] == []


def test_repeated_values_are_numbered_and_many_lines_are_one_value(tmp_path: Path) -> None:
    given = zones(
        tmp_path,
        *((50, 50, "Phone: 555-1000"), (50, 70, "Phone: 555-2000")),
        *((50, 120, "Address:"), (50, 134, "4 Mill Lane"), (50, 147, "Leeds")),
    )
    found = find(
        tmp_path,
        given,
        {"key": "phone", "repeated": True, "pattern": r"[\d-]{7,}"},
        {"key": "address", "multiline": True},
    )
    assert values(found) == {
        "phone.1": "555-1000",
        "phone.2": "555-2000",
        "address": "4 Mill Lane\nLeeds",
    }


def test_of_several_choices_the_ticked_one_counts(tmp_path: Path) -> None:
    point = {"key": "status", "values": ["Single", "Married", "Divorced"]}
    row = [(50, 50, "Status"), (150, 50, "Single"), (250, 50, "X Married"), (370, 50, "Divorced")]
    assert values(find(tmp_path, zones(tmp_path, *row), point)) == {"status": "Married"}
    none = [*row[:2], (250, 50, "Married"), row[3]]
    assert find(tmp_path, zones(tmp_path, *none), point)["points"] == []


def test_what_a_person_wrote_counts(tmp_path: Path) -> None:
    given = zones(tmp_path, (50, 50, "Total: 12.50"), (50, 100, "Number: A-1"))
    for zone in given["zones"]:
        zone["text"] = zone["text"].replace("12.50", "99.00").replace("A-1", "A-2")
    given["zones"].append({"id": "mine", "type": "text", "page": 1, "text": "Author: Anna"})
    points = (
        {"key": "total", "type": "money"},
        {"key": "number", "type": "identifier"},
        {"key": "author"},
    )
    found = find(tmp_path, given, *points)
    assert values(found)["total"]["amount"] == "99.00"
    assert values(found)["number"] == "A-2"
    assert found["points"][-1]["zone"] == "mine"


def test_zones_that_are_none_are_refused(tmp_path: Path) -> None:
    for given in (
        {},
        {"zones": 1},
        {"pages": [], "zones": [{"id": "a", "page": 3}]},
        {"pages": [1]},
    ):
        with pytest.raises(InputRejected, match="no document of zones"):
            find(tmp_path, given, {"key": "a"})


@pytest.mark.parametrize(
    ("points", "why"),
    [
        ([{"key": "a"}, {"key": "a"}], "twice"),
        ([{"key": "a", "pattern": "("}], "no regular expression"),
        ([{"key": "a", "type": "table", "columns": [{"key": "b"}, {"key": "b"}]}], "twice"),
        ([{"key": "a", "type": "mood"}], "datapoints"),
    ],
)
def test_a_taxonomy_that_makes_no_sense_is_refused(
    tmp_path: Path, points: list[dict[str, Any]], why: str
) -> None:
    with pytest.raises(InputRejected, match=why):
        find(tmp_path, {"pages": [], "zones": []}, *points)


@pytest.mark.parametrize(
    ("point", "key"),
    [
        ({"key": "ref.code", "label": "Code", "pattern": "(a+)+"}, "'ref.code'"),
        (
            {
                "key": "line",
                "type": "table",
                "columns": [{"key": "item"}, {"key": "code", "pattern": "(a+)+"}],
            },
            "'line.code'",
        ),
    ],
)
def test_a_pattern_that_backtracks_for_ever_ends_and_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, point: dict[str, Any], key: str
) -> None:
    monkeypatch.setattr(patterns, "SECONDS", 0.2)
    told = [(60, 60, "Item"), (200, 60, "Code"), (60, 80, "Bolt"), (200, 80, "a" * 40 + "!x")]
    given = zones(tmp_path, *told)
    with pytest.raises(InputRejected, match="took more than") as refused:
        find(tmp_path, given, point)
    assert refused.value.code == "pattern_too_slow"
    assert key in str(refused.value)


def test_time_that_a_pattern_takes_adds_up_over_a_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "SECONDS", 0.3)
    slow = patterns.Pattern("(a+)+b", "ref")

    def often() -> None:
        for _ in range(100_000):
            slow.fits("a" * 14)

    with pytest.raises(InputRejected, match="'ref' took more than"):
        often()


def test_a_pattern_that_was_stopped_leaves_others_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "SECONDS", 0.1)
    with pytest.raises(InputRejected):
        patterns.Pattern("(a+)+b", "ref").fits("a" * 60)
    assert patterns.Pattern(r"[A-Z]-\d+", "ref").places("of A-17, B-4") == [(3, 7), (9, 12)]
