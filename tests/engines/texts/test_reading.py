"""What an input of text may be, and what is said about one that is none."""

import json
from pathlib import Path
from typing import Any

import pytest

from jobmill_engine import InputRejected, LimitReached
from jobmill_engines.texts import reading
from jobmill_engines.texts.model import Text
from jobmill_engines.texts.reading import read_text
from tests.engines.texts.tasks import task_of


def read(
    folder: Path, data: bytes | str, media_type: str = "text/plain", **more: Any
) -> Text | None:
    return read_text(task_of(folder, data, media_type, **more)[0])


def test_a_text_is_read_in_the_encoding_that_its_mark_or_the_parameter_names(
    tmp_path: Path,
) -> None:
    text = "Señor Núñez está aquí."
    for data, encoding in (
        (text.encode(), ""),
        (b"\xef\xbb\xbf" + text.encode(), ""),
        (text.encode("utf-16"), ""),
        (text.encode("windows-1252"), "windows-1252"),
    ):
        found = read(tmp_path, data, parameters={"encoding": encoding})
        assert found is not None
        assert found.plain == text


@pytest.mark.parametrize(
    ("data", "media_type", "code", "told"),
    [
        ("Señor".encode("latin-1"), "text/plain", "bad_encoding", "`encoding`"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", "text/plain", "not_text", "`ocr`"),
        (b"abc\0def", "text/plain", "not_text", "no text"),
        (b"", "text/plain", "empty_text", "no text"),
        (b" \n\t\n", "text/plain", "empty_text", "no text"),
        (b"...!", "text/plain", "empty_text", "no text"),
        (b"<html><script>x = 1</script></html>", "text/html", "empty_text", "no text"),
        (b"{", "application/json", "not_json", "not JSON"),
        (b"[1]", "application/json", "not_json", "not an object"),
        (b"[" * 100_000, "application/json", "not_json", "not JSON"),
        (b'{"words": 3}', "application/json", "invalid_document", "words"),
    ],
)
def test_what_is_no_text_is_refused_with_what_to_do(
    tmp_path: Path, data: bytes, media_type: str, code: str, told: str
) -> None:
    with pytest.raises(InputRejected) as refused:
        read(tmp_path, data, media_type)
    assert refused.value.code == code
    assert told in str(refused.value)


def test_an_unknown_encoding_is_a_bad_parameter(tmp_path: Path) -> None:
    with pytest.raises(InputRejected) as refused:
        read(tmp_path, "abc", parameters={"encoding": "utf-99"})
    assert refused.value.code == "bad_parameter"


def test_a_huge_text_is_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST", 1 << 20)
    with pytest.raises(LimitReached) as reached:
        read(tmp_path, b"a " * (1 << 19) + b"a")
    assert reached.value.code == "text_too_large"


def test_a_chunk_without_text_is_nothing_and_no_mistake(tmp_path: Path) -> None:
    assert read(tmp_path, "", chunk=True) is None
    assert read(tmp_path, '{"text": "", "words": []}', "application/json", chunk=True) is None


def test_a_web_page_is_its_text_without_its_scripts(tmp_path: Path) -> None:
    page = """<!DOCTYPE html><html lang="en-GB"><head><title>No</title><style>p {}</style>
    <body><h1>Harbour&nbsp;news</h1><p>The ferry <b>left</b>
    at nine.<br>It rains.</p><script>no()</script><ul><li>apples<li>pears</ul>"""
    for media_type in ("text/html", "text/plain"):
        text = read(tmp_path, page, media_type)
        assert text is not None
        assert text.language == "en-GB"
        assert [paragraph.text for paragraph in text.paragraphs] == [
            "Harbour news",
            "The ferry left at nine. It rains.",
            "apples",
            "pears",
        ]


def word(text: str, start: float, speaker: str | None = None) -> dict[str, Any]:
    spoken = {"start_ms": start, "end_ms": start + 400, "text": text}
    return {**spoken, "speaker": speaker} if speaker else spoken


def test_words_become_sentences_with_their_times(tmp_path: Path) -> None:
    words = [
        *(word("Good", 0), word("morning,", 500), word("Mr.", 1000), word("Lee.", 1500)),
        *(word("It", 2000), word("rains", 2500), word("well", 9000), word("so", 9500, "b")),
    ]
    document = json.dumps({"language": "en", "words": words, "text": "ignored"})
    text = read(tmp_path, document, "application/json")
    assert text is not None
    assert text.language == "en"
    assert [(each.text, each.start_ms, each.end_ms, each.number) for each in text.sentences] == [
        ("Good morning, Mr. Lee.", 0, 1900, 1),
        ("It rains", 2000, 2900, 2),
        ("well", 9000, 9400, 3),
        ("so", 9500, 9900, 4),
    ]
    assert text.plain == "Good morning, Mr. Lee. It rains well so"


def test_texts_that_were_found_keep_their_place(tmp_path: Path) -> None:
    objects = [
        {"type": "text", "text": "Fine day. Warm.", "page": 2, "paragraph": 1, "language": "en"},
        {"type": "face", "label": "somebody"},
        {"type": "text", "text": "EXIT", "start_ms": 10, "end_ms": 20, "language": "en"},
    ]
    text = read(tmp_path, json.dumps({"objects": objects}), "application/json")
    assert text is not None
    assert text.language == "en"
    assert [each.found() for each in text.sentences] == [
        {"type": "text", "text": "Fine day.", "page": 2, "paragraph": 1, "sentence": 1},
        {"type": "text", "text": "Warm.", "page": 2, "paragraph": 1, "sentence": 2},
        {"type": "text", "text": "EXIT", "start_ms": 10, "end_ms": 20},
    ]
    assert text.plain == "Fine day. Warm.\nEXIT"


def test_a_document_with_nothing_but_a_text_is_that_text(tmp_path: Path) -> None:
    text = read(tmp_path, '{"text": "One. Two.\\n\\nThree."}', "application/json")
    assert text is not None
    assert [each.text for each in text.sentences] == ["One.", "Two.", "Three."]
