"""Words become lines, and lines screens, as the options say."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobmill.core.exports.formats import DEFAULTS, ExportFormat, FormatOptions
from jobmill.core.exports.layout import Break, Line, Screen, lines_of, screens_of
from jobmill.core.exports.script import Shown, cut_script, plain_text, script_of
from jobmill_engine.facts import Facts, Found, Word

SRT = DEFAULTS[ExportFormat.SRT]


def script(text: str, speaker: str | None = None, start: float = 0.0) -> list[Shown]:
    return [
        Shown(word, start + number * 500, start + number * 500 + 400, speaker)
        for number, word in enumerate(text.split())
    ]


def texts(lines: list[Line]) -> list[str]:
    return [line.text for line in lines]


def test_a_line_takes_what_fits_and_not_a_letter_more() -> None:
    words = script("one two three four")
    assert texts(lines_of(words, FormatOptions(8))) == ["one two", "three", "four"]
    assert texts(lines_of(words, FormatOptions(7))) == ["one two", "three", "four"]
    assert texts(lines_of(words, FormatOptions(6))) == ["one", "two", "three", "four"]


def test_without_a_width_all_is_one_line() -> None:
    assert texts(lines_of(script("one two three"), FormatOptions())) == ["one two three"]


def test_a_line_begins_after_a_sentence_only_if_asked() -> None:
    words = script("Really? Yes! “Fine.” so 3.5 it is…")
    every = ["Really?", "Yes!", "“Fine.”", "so 3.5 it is…"]
    assert texts(lines_of(words, FormatOptions(60, newline_on_punctuation=True))) == every
    assert len(lines_of(words, FormatOptions(60))) == 1


def test_a_line_begins_after_a_pause_that_is_longer_than_the_gap() -> None:
    words = [Shown("a", 0, 100), Shown("b", 1100, 1200), Shown("c", 2201, 2300)]
    lines = lines_of(words, FormatOptions(60, time_gap_to_separate_paragraph_ms=1000))
    assert [(line.text, line.opened) for line in lines] == [
        ("a b", Break.START),
        ("c", Break.PAUSE),
    ]
    assert len(lines_of(words, FormatOptions(60))) == 1


def test_a_line_begins_with_the_name_where_the_speaker_changes() -> None:
    words = [*script("hello there", "Ada"), *script("hi", "Bo", 1000), *script("well", None, 1500)]
    told = lines_of(words, FormatOptions(60, with_speaker_data=True))
    assert texts(told) == ["Ada: hello there", "Bo: hi", "well"]
    assert texts(lines_of(words, FormatOptions(60))) == ["hello there hi well"]


def test_a_name_counts_and_may_fill_lines_of_its_own() -> None:
    words = script("hi there", "Bartholomew")
    lines = texts(lines_of(words, FormatOptions(8, with_speaker_data=True)))
    assert lines == ["Bartholo", "mew: hi", "there"]


def test_a_word_longer_than_a_line_is_divided_with_its_time() -> None:
    lines = lines_of([Shown("abcdefghij", 0, 1000)], FormatOptions(4))
    assert [(line.text, line.start_ms, line.end_ms) for line in lines] == [
        ("abcd", 0, 400),
        ("efgh", 400, 800),
        ("ij", 800, 1000),
    ]


def test_marks_stay_with_their_letters_when_a_word_is_divided() -> None:
    word = "e\u0301" * 3 + "👩\u200d🚀"
    assert texts(lines_of([Shown(word, 0, 9)], FormatOptions(2))) == [
        "e\u0301" * 2,
        "e\u0301👩\u200d🚀",
    ]


def test_screens_hold_so_many_lines_and_break_at_long_pauses() -> None:
    lines = [
        Line("a", 0, 100, Break.START),
        Line("b", 100, 200, Break.FULL),
        Line("c", 200, 300, Break.FULL),
        Line("d", 6000, 6100, Break.PAUSE),
    ]
    options = FormatOptions(lines_per_screen=2, time_gap_to_separate_screen_ms=5000)
    assert screens_of(lines, options) == [
        Screen(("a", "b"), 0, 200),
        Screen(("c",), 200, 300),
        Screen(("d",), 6000, 6100),
    ]
    without = replace(options, time_gap_to_separate_screen_ms=0)
    assert [screen.lines for screen in screens_of(lines, without)] == [("a", "b"), ("c", "d")]


def test_a_word_without_length_is_shown_for_a_moment() -> None:
    (screen,) = screens_of(lines_of([Shown("a", 10, 10)], SRT), SRT)
    assert screen.end_ms - screen.start_ms == 40


def test_screens_of_one_voice_do_not_overlap() -> None:
    words = [Shown("a", 0, 900), Shown("b", 500, 1200)]
    screens = screens_of(lines_of(words, FormatOptions(1)), FormatOptions(1))
    assert [(each.start_ms, each.end_ms) for each in screens] == [(0, 500), (500, 1200)]


def test_people_who_talk_at_once_keep_their_words_together() -> None:
    words = (
        Word(0, 400, "I", speaker="A"),
        Word(300, 700, "no", speaker="B"),
        Word(500, 900, "think", speaker="A"),
        Word(800, 1000, "never", speaker="B"),
        Word(950, 1300, "so", speaker="A"),
    )
    shown = script_of(Facts(words=words))
    assert [(each.speaker, each.text) for each in shown] == [
        ("A", "I"),
        ("A", "think"),
        ("A", "so"),
        ("B", "no"),
        ("B", "never"),
    ]


def test_people_who_take_turns_stay_in_the_order_of_time() -> None:
    words = (
        Word(0, 400, "one", speaker="A"),
        Word(450, 700, "two", speaker="B"),
        Word(750, 900, "three", speaker="A"),
    )
    assert [each.text for each in script_of(Facts(words=words))] == ["one", "two", "three"]


def test_words_take_their_speaker_from_who_speaks_at_the_time() -> None:
    words = (Word(0, 400, "one"), Word(500, 900, "two"), Word(5000, 5100, "three"))
    speakers = [Found("speaker", "Ada", start_ms=0, end_ms=450)]
    inside = (Found("speaker", "Bo", start_ms=450, end_ms=950),)
    shown = script_of(Facts(words=words, objects=inside), speakers)
    assert [each.speaker for each in shown] == ["Ada", "Bo", None]


def test_timed_pieces_of_text_are_divided_by_length_where_there_are_no_words() -> None:
    piece = Found("text", text="ab cdef", start_ms=0, end_ms=600)
    assert script_of(Facts(objects=(piece,))) == [Shown("ab", 0, 200), Shown("cdef", 200, 600)]


def test_a_stretch_of_time_takes_words_by_their_middle() -> None:
    words = script("a b c d")
    assert [each.text for each in cut_script(words, 300, 1300)] == ["b", "c"]
    assert cut_script(words, None, None) == words


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("two\nlines\r\n", "two lines"),
        ("\x00\x1b[1mbold\ufffe\ud800", "[1mbold"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\u2028", ""),
    ],
)
def test_what_cannot_be_shown_is_left_out(text: str, plain: str) -> None:
    assert plain_text(text) == plain


WORDS = st.lists(
    st.tuples(
        st.text(min_size=1, max_size=40),
        st.integers(0, 100_000),
        st.integers(0, 3000),
        st.sampled_from([None, "Ada", "Bo"]),
    ),
    max_size=40,
)


@given(WORDS, st.integers(1, 40), st.integers(1, 4), st.booleans(), st.booleans())
def test_no_word_is_lost_and_no_line_is_too_long(
    given_words: list[tuple[str, int, int, str | None]],
    width: int,
    per_screen: int,
    punctuation: bool,
    speakers: bool,
) -> None:
    words = tuple(
        Word(start, start + long, text, speaker=who) for text, start, long, who in given_words
    )
    options = FormatOptions(width, punctuation, 1000, per_screen, 5000, speakers)
    shown = script_of(Facts(words=words))
    lines = lines_of(shown, options)
    screens = screens_of(lines, options)
    kept = "".join("".join(line.text for line in lines).split())
    if not speakers:
        assert kept == "".join(each.text for each in shown).replace(" ", "")
    assert sorted(each.text for each in shown) == sorted(
        plain for word in words if (plain := plain_text(word.text))
    )
    assert sum(len(screen.lines) for screen in screens) == len(lines)
    assert all(1 <= len(screen.lines) <= per_screen for screen in screens)
    assert all(screen.end_ms > screen.start_ms for screen in screens)
    letters = [line.text for line in lines if line.text.isascii()]
    assert all(len(text) <= width for text in letters)
