"""In which order the lines of a page are read."""

from jobmill_engines.ocr.model import Line, inside
from jobmill_engines.ocr.order import paragraphs_of, text_of

HEIGHT = 0.03


def line(text: str, left: float, top: float, width: float = 0.3) -> Line:
    right, bottom = left + width, top + HEIGHT
    return Line(text, 0.9, ((left, top), (right, top), (right, bottom), (left, bottom)))


def read(*lines: Line) -> str:
    return text_of(paragraphs_of(lines))


def test_lines_are_read_from_the_top_and_rows_from_the_left() -> None:
    assert read(line("c", 0.1, 0.2), line("b", 0.5, 0.105), line("a", 0.1, 0.1)) == "a b\n\nc"


def test_a_wide_gap_begins_a_paragraph() -> None:
    rows = [line(text, 0.1, top) for text, top in (("a", 0.1), ("b", 0.14), ("c", 0.22))]
    assert read(*rows) == "a\nb\n\nc"


def test_columns_of_prose_are_read_one_after_the_other_below_their_heading() -> None:
    lefts = [line(f"left {n}", 0.05, 0.2 + n * 0.04, 0.38) for n in range(5)]
    rights = [line(f"right {n}", 0.55, 0.2 + n * 0.04, 0.38) for n in range(4)]
    head, foot = line("Head", 0.1, 0.14, 0.8), line("foot", 0.05, 0.7, 0.3)
    mixed = [foot, *rights, head, *lefts]
    assert read(*mixed).replace("\n\n", "\n").split("\n") == [
        "Head",
        *(f"left {n}" for n in range(5)),
        *(f"right {n}" for n in range(4)),
        "foot",
    ]


def test_rows_of_a_table_are_read_across() -> None:
    cells = [
        line(f"{name}{n}", left, 0.2 + n * 0.04, 0.06)
        for n in range(4)
        for name, left in (("a", 0.1), ("b", 0.4), ("c", 0.7))
    ]
    assert read(*reversed(cells)) == "\n".join(f"a{n} b{n} c{n}" for n in range(4))


def test_an_empty_page_has_no_text() -> None:
    assert read() == ""


def test_what_sticks_out_of_the_picture_is_at_its_border() -> None:
    assert inside(-3, 110, 200, 100) == (0.0, 1.0)
    assert inside(50, 50, 200, 100) == (0.25, 0.5)
