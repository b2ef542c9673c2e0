"""The small pure parts of the commands."""

import pytest
import typer

from jobmill.cli.demo.compare import Extent, compare
from jobmill.cli.live import time_left
from jobmill.cli.output import offset
from jobmill.cli.run import parameters


@pytest.mark.parametrize(
    ("milliseconds", "shown"),
    [(0, "0:00.000"), (1968.633, "0:01.969"), (59999.9, "1:00.000"), (3_600_000, "1:00:00.000")],
)
def test_places_in_a_file_are_shown_as_clocks_do(milliseconds: float, shown: str) -> None:
    assert offset(milliseconds) == shown


def test_parameters_are_json_where_they_can_be_and_text_elsewhere() -> None:
    given = ["A.x=1", "A.y=word", "B.z=[1,2]", "segments=[]", "A.w=a=b"]
    assert parameters(given) == {
        "A": {"x": 1, "y": "word", "w": "a=b"},
        "B": {"z": [1, 2]},
        "segments": [],
    }


@pytest.mark.parametrize("text", ["A.x", "=1", ""])
def test_a_parameter_without_a_value_is_wrong_usage(text: str) -> None:
    with pytest.raises(typer.Exit) as left:
        parameters([text])
    assert left.value.exit_code == 2


PUT_IN = [Extent(0, 1000, "silence"), Extent(1000, 2000, "mono")]


@pytest.mark.parametrize(
    ("found", "verdicts"),
    [
        ([Extent(0, 1033, "silence"), Extent(1033, 2000, "mono")], ["ok", "ok"]),
        ([Extent(0, 1040, "silence"), Extent(1040, 2000, "mono")], ["differs", "differs"]),
        ([Extent(0, 1000, "stereo"), Extent(1000, 2000, "mono")], ["differs", "ok"]),
        ([Extent(0, 1000, "silence")], ["ok", "missing"]),
        ([*PUT_IN, Extent(2000, 2100, "mono")], ["ok", "ok", "extra"]),
        ([], ["missing", "missing"]),
    ],
)
def test_found_is_compared_with_what_was_put_in(found: list[Extent], verdicts: list[str]) -> None:
    assert [row.verdict for row in compare("F", PUT_IN, found)] == verdicts


def test_nothing_where_nothing_was_put_in_is_right_unless_the_feature_failed() -> None:
    assert [row.verdict for row in compare("F", [], [])] == ["ok"]
    assert [row.verdict for row in compare("F", [], None)] == ["missing"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (0, ""),
        (0.2, "about 1 s left"),
        (89, "about 89 s left"),
        (125, "about 2 min left"),
        (9000, "about 2.5 h left"),
    ],
)
def test_time_left_is_told_no_more_exactly_than_it_is_known(
    seconds: float | None, words: str
) -> None:
    assert time_left(seconds) == words
