"""Documents of chunks become one: times moved, borders mended, what is said of the whole joined."""

from hypothesis import given
from hypothesis import strategies as st

from jobmill_engine.facts import (
    Chunk,
    Facts,
    Found,
    LanguageGuess,
    Sentiment,
    Span,
    Word,
    collate,
    text_of,
)


def said(
    text: str, start: float = 0.0, each: float = 400.0, gap: float = 100.0
) -> tuple[Word, ...]:
    return tuple(
        Word(start + number * (each + gap), start + number * (each + gap) + each, word, 0.9)
        for number, word in enumerate(text.split())
    )


def texts(facts: Facts) -> list[str]:
    return [word.text for word in facts.words]


def test_times_are_moved_to_where_the_chunk_begins() -> None:
    chunks = [Chunk(Facts(words=said("two")), 5000.0), Chunk(Facts(words=said("one")), 0.0)]
    whole = collate(chunks)
    assert [(word.text, word.start_ms, word.end_ms) for word in whole.words] == [
        ("one", 0.0, 400.0),
        ("two", 5000.0, 5400.0),
    ]


def test_no_chunks_and_silent_chunks_make_an_empty_document() -> None:
    assert collate([]).empty
    assert collate([Chunk(Facts()), Chunk(Facts(), 1000.0)]).empty


def overlapping(words: tuple[Word, ...], border: float = 10_000.0, reach: float = 2_000.0) -> Facts:
    """The file's words as two chunks hear them, cut at a border with an overlap around it."""
    first = tuple(each for each in words if each.end_ms <= border + reach)
    low = border - reach
    second = tuple(
        Word(each.start_ms - low, each.end_ms - low, each.text, each.confidence)
        for each in words
        if each.start_ms >= low
    )
    end = words[-1].end_ms
    return collate(
        [
            Chunk(Facts(words=first), 0.0, border + reach, (0.0, border)),
            Chunk(Facts(words=second), low, end, (border, end)),
        ]
    )


@given(st.integers(0, 1500), st.integers(100, 600), st.integers(0, 300))
def test_overlapping_chunks_give_the_words_of_the_file(start: int, each: int, gap: int) -> None:
    words = said(" ".join(str(number % 3) for number in range(30)), start, each, gap)
    whole = overlapping(words)
    assert texts(whole) == [word.text for word in words]


def test_a_word_that_two_chunks_place_on_both_sides_of_the_border_counts_once() -> None:
    early = Chunk(Facts(words=(Word(9800, 10_150, "border"),)), 0.0, 12_000, (0.0, 10_000))
    late = Chunk(Facts(words=(Word(1850, 2300, "Border,"),)), 8000.0, 20_000, (10_000, 20_000))
    assert texts(collate([early, late])) == ["border"]


def test_a_word_that_each_chunk_leaves_to_the_other_is_not_lost() -> None:
    early = Chunk(Facts(words=(Word(9850, 10_250, "border"),)), 0.0, 12_000, (0.0, 10_000))
    late = Chunk(Facts(words=(Word(1750, 2150, "border"),)), 8000.0, 20_000, (10_000, 20_000))
    assert texts(collate([early, late])) == ["border"]


def test_a_word_said_twice_across_the_border_stays_twice() -> None:
    words = (Word(9400, 9700, "no"), Word(9750, 9980, "no"), Word(10_020, 10_300, "no"))
    assert texts(overlapping(words)) == ["no", "no", "no"]


def test_a_word_that_a_cut_went_through_is_one_word() -> None:
    early = Chunk(Facts(words=(Word(4700, 5000, "harbour", 0.4),)), 0.0, 5000.0)
    late = Chunk(Facts(words=(Word(0, 120, "harbour", 0.8), Word(300, 500, "x"))), 5000.0, 9000.0)
    whole = collate([early, late])
    assert [(each.text, each.start_ms, each.end_ms, each.confidence) for each in whole.words] == [
        ("harbour", 4700, 5120.0, 0.8),
        ("x", 5300.0, 5500.0, None),
    ]


def test_what_lies_beyond_a_chunks_own_sound_is_kept_where_nobody_else_hears_it() -> None:
    early = Chunk(Facts(words=(Word(4900, 5200, "late"),)), 0.0, 5000.0, (0.0, 5000.0))
    late = Chunk(Facts(words=said("next", 500)), 5000.0, 9000.0, (5000.0, 9000.0))
    assert texts(collate([early, late])) == ["late", "next"]


def test_chunks_that_overlap_without_own_stretches_share_the_overlap() -> None:
    words = said("a b c d e f g h", 0.0)
    early = Chunk(Facts(words=words), 0.0, 4000.0)
    late = Chunk(Facts(words=said("f g h i j", 500.0)), 2000.0, 6000.0)
    assert texts(collate([early, late])) == list("abcdefghij")


def test_own_stretches_come_from_the_meta_or_from_the_document() -> None:
    meta = {"start_ms": 1000, "end_ms": 3000, "own_start_ms": 1200, "own_end_ms": 2800}
    assert Chunk.from_meta(Facts(), meta).own == (1200.0, 2800.0)
    assert Chunk.from_meta(Facts(own=(200, 1800)), {"start_ms": 1000}).own == (1200.0, 2800.0)
    assert Chunk.from_meta(Facts(), {}).own is None


def test_the_text_follows_the_words_that_count() -> None:
    words = said("one two three four")
    early = Chunk(Facts(words=words, text="One, two, three, four."), 0.0, 2000.0, (0.0, 1000.0))
    late = Chunk(Facts(words=said("three four", 0.0), text="Three four."), 1000.0, 2000.0)
    assert collate([early, late]).text == "one two Three four."


def test_a_text_that_is_of_the_own_stretch_already_is_taken_as_it_is_written() -> None:
    heard = said("one two three")
    early = Chunk(Facts(words=heard, text="one  two"), 0.0, 2000.0, (0.0, 900.0))
    late = Chunk(Facts(words=said("two three"), text="three"), 500.0, 2000.0, (900.0, 2000.0))
    assert collate([early, late]).text == "one  two three"


def test_texts_of_pages_stay_lines_and_others_become_one() -> None:
    assert collate([Chunk(Facts(text="a")), Chunk(Facts(text="b"), 1.0)]).text == "a b"
    assert collate([Chunk(Facts(text="a\nb")), Chunk(Facts(text="c"), 1.0)]).text == "a\nb\nc"
    chinese = [
        Chunk(Facts(text="你好", language="zh")),
        Chunk(Facts(text="世界", language="zh"), 1.0),
    ]
    assert collate(chinese).text == "你好世界"


def test_the_language_is_that_of_most_words() -> None:
    chunks = [
        Chunk(Facts(language="fr", words=said("un"))),
        Chunk(Facts(language="fr"), 1000.0),
        Chunk(Facts(language="en", words=said("one two three")), 2000.0),
    ]
    assert collate(chunks).language == "en"


def test_guesses_are_averaged_and_the_surest_comes_first() -> None:
    chunks = [
        Chunk(Facts(languages=(LanguageGuess("en", 0.4), LanguageGuess("fr", 0.6)))),
        Chunk(Facts(languages=(LanguageGuess("en", 0.8),)), 1000.0),
    ]
    guesses = collate(chunks).languages
    assert [(each.language, round(each.confidence or 0, 6)) for each in guesses] == [
        ("en", 0.6),
        ("fr", 0.3),
    ]


def test_sentiment_is_weighed_by_the_amount_of_text() -> None:
    chunks = [
        Chunk(Facts(text="abc", sentiment=Sentiment(1.0, 0.0))),
        Chunk(Facts(text="d", sentiment=Sentiment(0.0, 1.0)), 1.0),
    ]
    assert collate(chunks).sentiment == Sentiment(0.75, 0.25)


def test_objects_move_and_count_once() -> None:
    seen = Found("object", "boat", start_ms=900, end_ms=1100)
    early = Chunk(Facts(objects=(seen,)), 0.0, 1200.0, (0.0, 990.0))
    late = Chunk(Facts(objects=(Found("object", "boat", start_ms=100, end_ms=300),)), 800.0, 2000.0,
                 (990.0, 2000.0))  # fmt: skip
    assert [(each.start_ms, each.end_ms) for each in collate([early, late]).objects] == [
        (900, 1100)
    ]


def test_what_a_frame_shows_lasts_as_long_as_the_frame() -> None:
    frames = [
        Chunk(Facts(objects=(Found("text", text="EXIT"),)), 0.0, 1000.0),
        Chunk(Facts(objects=(Found("text", text="EXIT"),)), 1000.0, 2000.0),
    ]
    assert [(each.start_ms, each.end_ms) for each in collate(frames).objects] == [
        (0.0, 1000.0),
        (1000.0, 2000.0),
    ]


def test_keywords_of_several_chunks_are_said_once_with_the_best_confidence() -> None:
    chunks = [
        Chunk(Facts(objects=(Found("keyword", "sea", confidence=0.3),)), 0.0, 10.0),
        Chunk(Facts(objects=(Found("keyword", "sea", confidence=0.7),)), 10.0, 20.0),
    ]
    assert collate(chunks).objects == (Found("keyword", "sea", confidence=0.7),)


def test_sentences_are_numbered_through() -> None:
    chunks = [
        Chunk(
            Facts(objects=tuple(Found("text", text=t, sentence=n) for n, t in ((1, "a"), (2, "b"))))
        ),
        Chunk(Facts(objects=(Found("text", text="c", sentence=1),)), 1.0),
    ]
    assert [each.sentence for each in collate(chunks).objects] == [1, 2, 3]


def test_spans_that_go_on_across_a_border_are_one() -> None:
    chunks = [
        Chunk(Facts(spans=(Span(0, 1000, "silence"),)), 0.0, 1000.0),
        Chunk(Facts(spans=(Span(0, 400, "silence"), Span(400, 500, "tone"))), 1000.0, 2000.0),
    ]
    assert collate(chunks).spans == (Span(0, 1400.0, "silence"), Span(1400.0, 1500.0, "tone"))


def test_summaries_keep_what_all_say_and_list_the_rest() -> None:
    one, other = {"model": "m", "text": "A.", "n": 1}, {"model": "m", "text": "B.", "n": 2}
    whole = collate([Chunk(Facts(summary=one)), Chunk(Facts(summary=other), 10.0)])
    assert whole.summary["model"] == "m"
    assert whole.summary["text"] == "A.\nB."
    assert [each["n"] for each in whole.summary["chunks"]] == [1, 2]


def test_one_chunk_that_is_the_whole_file_is_not_changed() -> None:
    facts = Facts(
        language="en",
        words=said("a b"),
        text="A b.",
        objects=(Found("text", text="x"),),
        summary={"n": 1},
        more={"model": "m"},
    )
    assert collate([Chunk(facts, 0.0, 5000.0)]) == facts
    assert text_of(facts) == "A b."
