"""Where sentences and paragraphs end."""

import pytest

from jobmill_engines.texts.model import joined
from jobmill_engines.texts.plain import text_of_plain
from jobmill_engines.texts.sentences import ends_sentence, split_sentences


def sentences(text: str) -> list[str]:
    return [sentence for _, sentence in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rains. We stay in!", ["It rains.", "We stay in!"]),
        ("“Is it?” she asked. Nobody knew…", ["“Is it?” she asked.", "Nobody knew…"]),
        ("Dr. Lee met J. Smith at 5 p.m. in Rome.", ["Dr. Lee met J. Smith at 5 p.m. in Rome."]),
        ("It costs 3.50 euros. Fine.", ["It costs 3.50 euros.", "Fine."]),
        ("Das ist z.B. so, d.h. gut. Ja.", ["Das ist z.B. so, d.h. gut.", "Ja."]),
        ("今日は晴れ。明日は雨！", ["今日は晴れ。", "明日は雨！"]),
        ("यह अच्छा है। चलो।", ["यह अच्छा है।", "चलो।"]),
        ("no end at all", ["no end at all"]),
        ("1. First of all", ["1. First of all"]),
        ("  ", []),
    ],
)
def test_a_sentence_ends_where_a_reader_would_end_it(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_a_word_of_a_transcript_ends_a_sentence_by_its_mark() -> None:
    assert [
        word for word in ("yes.", "Mr.", "why?", "so,", "a.m.", "終。") if ends_sentence(word)
    ] == [
        "yes.",
        "why?",
        "終。",
    ]


def test_paragraphs_are_parted_by_blank_lines_headings_and_list_items() -> None:
    text = text_of_plain(
        "A heading\n"
        "This line is broken only because the page\n"
        "is so narrow that it has to be. Second.\n"
        "\n"
        "- one\n- two\n"
    )
    assert [paragraph.text for paragraph in text.paragraphs] == [
        "A heading",
        "This line is broken only because the page is so narrow that it has to be. Second.",
        "- one",
        "- two",
    ]
    assert [(each.paragraph, each.number) for each in text.sentences] == [
        (1, 1),
        (2, 1),
        (2, 2),
        (3, 1),
        (4, 1),
    ]


def test_sentences_put_together_again_stand_as_before() -> None:
    text = text_of_plain("Title\n\nOne. Two.\r\n\r\nThree.\n")
    assert joined(text.sentences) == "Title\n\nOne. Two.\n\nThree."
    assert joined(each.saying(each.text.upper()) for each in text.sentences) == (
        "TITLE\n\nONE. TWO.\n\nTHREE."
    )


def test_text_without_spaces_is_not_given_any() -> None:
    assert joined(text_of_plain("今日は晴れ。明日は雨！").sentences) == "今日は晴れ。明日は雨！"
