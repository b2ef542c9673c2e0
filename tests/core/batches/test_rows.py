"""Rows of a file: whatever is wrong is told of the exact row and field, and reading goes on from
any place."""

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobmill.core.jobs.batches.rows import (
    LONGEST_ROW,
    Row,
    RowFormat,
    RowsBroken,
    format_of,
    read_rows,
)
from jobmill.core.jobs.batches.rows.cells import SeenKeys, typed_cells

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


def rows(text: bytes | str, kind: RowFormat, place: int = 0, number: int = 0) -> list[Row]:
    data = text if isinstance(text, bytes) else text.encode()
    return list(read_rows(io.BytesIO(data), kind, place, number))


def values(text: bytes | str, kind: RowFormat) -> list[Any]:
    found = rows(text, kind)
    assert [each.problem for each in found] == [None] * len(found)
    return [each.value for each in found]


def problems(text: bytes | str, kind: RowFormat) -> dict[int, tuple[str, str]]:
    found = [(each.number, each.problem) for each in rows(text, kind)]
    return {number: (p.field, p.message) for number, p in found if p is not None}


@given(st.lists(JSON), st.sampled_from([None, 1]))
def test_a_list_is_read_as_it_was_written_and_from_every_row_on(
    items: list[Any], indent: int | None
) -> None:
    text = json.dumps(items, indent=indent, ensure_ascii=False).encode()
    found = rows(text, RowFormat.JSON)
    assert [each.value for each in found] == items
    for row in found[:-1]:
        rest = rows(text, RowFormat.JSON, row.end, row.number + 1)
        assert rest == found[row.number + 1 :]


@given(st.lists(JSON))
def test_lines_are_read_as_they_were_written_and_from_every_row_on(items: list[Any]) -> None:
    text = "\n".join(json.dumps(each) for each in items).encode()
    found = rows(text, RowFormat.JSONL)
    assert [each.value for each in found] == items
    for row in found:
        assert rows(text, RowFormat.JSONL, row.end, row.number + 1) == found[row.number + 1 :]


def test_items_longer_than_a_window_are_read() -> None:
    items = ["x" * 100_000, {"a": ["]" * 70_000, '"\\'] * 3}]
    assert values(json.dumps(items), RowFormat.JSON) == items


def test_cells_are_texts_by_column_with_quotes_and_from_every_row_on() -> None:
    text = 'name,says\r\nAnn,"a ""b"", c\nd"\r\n\r\nBob,\r\n'
    found = rows(text, RowFormat.CSV)
    assert [each.value for each in found] == [
        {"name": "Ann", "says": 'a "b", c\nd'},
        {"name": "Bob", "says": ""},
    ]
    for row in found:
        assert rows(text, RowFormat.CSV, row.end, row.number + 1) == found[row.number + 1 :]


@pytest.mark.parametrize("sign", [";", "\t"])
def test_columns_may_be_parted_by_other_signs(sign: str) -> None:
    text = f"a{sign}b\n1{sign}2,3\n"
    assert values(text, RowFormat.CSV) == [{"a": "1", "b": "2,3"}]


@pytest.mark.parametrize(
    ("text", "kind"), [('[{"ä": 1}]', "json"), ('{"ä": 1}\n', "jsonl"), ("ä\n1\n", "csv")]
)
def test_a_mark_of_utf_8_is_no_part_of_the_rows(text: str, kind: str) -> None:
    found = values(b"\xef\xbb\xbf" + text.encode(), RowFormat(kind))
    assert list(found[0]) == ["ä"]


def test_a_broken_row_of_lines_is_told_by_number_and_the_others_are_read() -> None:
    lines = ['{"a": 1}', '{"a": ', '{"a": 1, "b": 2, "a": 3}', "", "[NaN]", "1e999", '{"a": 2}']
    told = problems("\n".join(lines), RowFormat.JSONL)
    assert {number: field for number, (field, _) in told.items()} == {1: "", 2: "a", 3: "", 4: ""}
    assert "not valid JSON" in told[1][1]
    assert "twice" in told[2][1]
    assert rows("\n".join(lines), RowFormat.JSONL)[5].value == {"a": 2}


def test_a_broken_item_of_a_list_is_told_and_the_others_are_read() -> None:
    text = '[{"a": 1}, {"a": 01}, {"a" 1}, tru, {"a": "\\ud800"}, {"a": 2}]'
    assert list(problems(text, RowFormat.JSON)) == [1, 2, 3, 4]
    assert rows(text, RowFormat.JSON)[-1].value == {"a": 2}


@pytest.mark.parametrize(
    ("text", "kind", "row", "field"),
    [
        (b'{"a": 1}\n{"a": "\xe4"}\n', "jsonl", 1, ""),
        (b'[{"a": 1}, {"a": "\xe4"}, 3]', "json", 1, ""),
        (b"a,b\n1,2\n3,\xe4\n", "csv", 1, "b"),
        (b"a,b\n1,2\n3\n", "csv", 1, "b"),
        (b"a,b\n1,2\n3,4,5\n", "csv", 1, ""),
        (b'a,b\n1,2\n"3"x,4\n5,6\n', "csv", 1, ""),
    ],
)
def test_a_row_in_another_encoding_or_shape_is_told(
    text: bytes, kind: str, row: int, field: str
) -> None:
    told = problems(text, RowFormat(kind))
    assert {number: each[0] for number, each in told.items()} == {row: field}


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ('[{"a": 1}]'.encode("utf-16"), "json", "UTF-16"),
        ('{"a": 1}', "json", "begin with"),
        ("[1, 2", "json", "within row 1"),
        ('[1, "2]', "json", "within row 1"),
        ("[1] 2", "json", "behind"),
        ("", "csv", "empty"),
        ("a,b,a\n1,2,3\n", "csv", "'a' is there twice"),
        ("a,,c\n1,2,3\n", "csv", "Column 2"),
        (b'a\n"' + (b"x" * 999 + b"\n") * 5_000, "csv", "Row 0"),
        (b'[0, "' + b"x" * (3 * LONGEST_ROW), "json", "Row 1"),
    ],
)
def test_a_file_that_cannot_be_read_on_says_where(text: bytes | str, kind: str, said: str) -> None:
    with pytest.raises(RowsBroken, match=said):
        rows(text, RowFormat(kind))


def test_a_line_that_is_too_long_is_one_bad_row() -> None:
    text = b'{"a": 1}\n"' + b"x" * (LONGEST_ROW + 200_000) + b'"\n{"a": 2}\n'
    found = rows(text, RowFormat.JSONL)
    assert [each.problem is None for each in found] == [True, False, True]
    assert rows(text, RowFormat.JSONL, found[1].end, 2) == found[2:]


@pytest.mark.parametrize("cell", [b"x", b'"x"'])
def test_a_row_of_csv_that_is_too_long_is_one_bad_row(cell: bytes) -> None:
    long = cell.replace(b"x", b"x" * (LONGEST_ROW + 200_000))
    text = b"a,b\n1,2\n" + long + b",3\n4,5\n"
    found = rows(text, RowFormat.CSV)
    assert [each.value for each in found] == [{"a": "1", "b": "2"}, None, {"a": "4", "b": "5"}]
    assert found[1].problem is not None
    assert "longer" in found[1].problem.message
    assert rows(text, RowFormat.CSV, found[1].end, 2) == found[2:]


@pytest.mark.parametrize("text", ["[[1], [{}], [2]]", "[1]\n[{}]\n[2]"])
def test_a_number_with_more_digits_than_can_be_read_is_a_bad_row(text: str) -> None:
    kind = RowFormat.JSONL if "\n" in text else RowFormat.JSON
    told = problems(text.format("9" * 5_000), kind)
    assert list(told) == [1]
    assert "too long" in told[1][1]


def test_a_cell_with_more_digits_than_can_be_read_stays_as_it_is() -> None:
    digits = "9" * 5_000
    assert typed_cells({"n": digits}, {"properties": {"n": {"type": "integer"}}}) == {"n": digits}


def test_keys_are_told_apart_as_json_is() -> None:
    values = [1, "1", 1, True, "true", "x" * 5_000, "x" * 5_000]
    checked = SeenKeys("k").checked(Row(n, n, {"k": each}) for n, each in enumerate(values))
    assert [each.number for each in checked if each.problem] == [2, 6]


def test_deep_nesting_is_a_bad_row() -> None:
    deep = "[" * 1_000 + "]" * 1_000
    wide = json.dumps([[n] for n in range(1_000)])
    assert list(problems(f"{deep}\n{wide}\n", RowFormat.JSONL)) == [0]


@pytest.mark.parametrize(
    ("name", "media_type", "kind"),
    [
        ("rows.CSV", "application/octet-stream", RowFormat.CSV),
        ("rows", "application/x-ndjson", RowFormat.JSONL),
        ("rows", "application/json; charset=utf-8", RowFormat.JSON),
        ("rows.bin", "video/mp4", None),
    ],
)
def test_a_format_is_told_by_the_name_or_the_type(
    name: str, media_type: str, kind: RowFormat | None
) -> None:
    assert format_of(name, media_type) is kind
