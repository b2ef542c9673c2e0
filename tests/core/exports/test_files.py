"""The files open in webvtt-py, pysubs2, ttconv and python-docx, and say the same there."""

import csv
import io
import json
from dataclasses import replace
from typing import Any

import docx
import pysubs2
import pytest
import ttconv.imsc.reader
import webvtt
from lxml import etree
from ttconv.isd import ISD

from jobmill.core.exports.formats import DEFAULTS, ExportFormat
from jobmill.core.exports.writing import Subject, suits, write_export
from jobmill_engine.facts import Facts, Found, Sentiment, Span, Word, write_facts

ENGLISH = "Fish & chips <i>cost</i> 5 --> 6 pounds. Really? Yes!"
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


def spoken(text: str, language: str = "en", speaker: str | None = None) -> Facts:
    words = tuple(
        Word(1000 + number * 500, 1400 + number * 500, word, None if number % 2 else 0.5, speaker)
        for number, word in enumerate(text.split())
    )
    return Facts(language=language, words=words)


SUBJECTS = {
    "english": spoken(ENGLISH),
    "hebrew": spoken("שלום עולם, זה טקסט ארוך שנכתב מימין לשמאל.", "he", "Dana"),
    "arabic": spoken("مرحبا بالعالم", "ar"),
    "long": spoken(f"Die {LONG} tagt", "de"),
    "chinese": spoken("你好 ， 世界 。", "zh"),
    "empty": Facts(language="en"),
    "talking over": Facts(
        language="en",
        words=(
            Word(0, 2000, "I", speaker="Ada"),
            Word(1000, 2500, "no", speaker="Bo"),
            Word(2100, 3000, "think", speaker="Ada"),
            Word(2600, 2600, "never", speaker="Bo"),
        ),
    ),
}
CASES = pytest.mark.parametrize("name", SUBJECTS)


def written(format: ExportFormat, facts: Facts, **options: Any) -> bytes:  # noqa: A002
    return write_export(
        format, Subject(facts, write_facts(facts)), replace(DEFAULTS[format], **options)
    )


def said(facts: Facts) -> str:
    return "".join(word.text for word in facts.words)


def bare(text: str) -> str:
    return "".join(each for each in text if not each.isspace() and each not in "\u200b\u200f")


@CASES
def test_vtt_opens_in_webvtt_py(name: str) -> None:
    facts = SUBJECTS[name]
    captions = webvtt.from_string(written(ExportFormat.VTT, facts).decode()).captions
    text = "".join(caption.text for caption in captions)
    unescaped = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert sorted(bare(unescaped)) == sorted(bare(said(facts)))
    if facts.words:
        assert captions[0].start_in_seconds * 1000 == pytest.approx(
            facts.words[0].start_ms, abs=1000
        )


@CASES
@pytest.mark.parametrize("format", [ExportFormat.SRT, ExportFormat.VTT])
def test_captions_open_in_pysubs2_with_their_times(name: str, format: ExportFormat) -> None:  # noqa: A002
    facts = SUBJECTS[name]
    file = written(format, facts).decode()
    subtitles = pysubs2.SSAFile.from_string(file, format_=format.value)
    assert [event.start for event in subtitles] == sorted(event.start for event in subtitles)
    assert all(event.end > event.start for event in subtitles)
    if format is ExportFormat.SRT:
        text = "".join(event.plaintext for event in subtitles)
        assert sorted(bare(text)) == sorted(bare(said(facts)))
    if facts.words:
        assert subtitles[0].start == facts.words[0].start_ms


@CASES
def test_ttml_opens_in_ttconv_and_shows_each_word_at_its_time(name: str) -> None:
    facts = SUBJECTS[name]
    tree = etree.ElementTree(etree.fromstring(written(ExportFormat.TTML, facts)))
    document = ttconv.imsc.reader.to_model(tree)
    assert document is not None
    assert document.get_lang() == (facts.language or "")
    times = ISD.significant_times(document)
    shown = [ISD.from_model(document, time) for time in times]
    texts = ["".join(_texts(isd)) for isd in shown if isd is not None]
    assert all(word.text in "".join(texts) for word in facts.words if len(word.text) < 80)
    if not facts.words:
        assert "".join(texts) == ""


def _texts(isd: ISD) -> list[str]:
    return [
        element.get_text()
        for region in isd.iter_regions()
        for element in region.dfs_iterator()
        if type(element).__name__ == "Text"
    ]


@CASES
def test_docx_opens_in_python_docx(name: str) -> None:
    facts = SUBJECTS[name]
    document = docx.Document(io.BytesIO(written(ExportFormat.DOCX, facts)))
    text = "".join(paragraph.text for paragraph in document.paragraphs)
    assert sorted(bare(text)) == sorted(bare(said(facts)))


def test_docx_has_a_paragraph_for_each_sentence_and_speaker_and_marks_the_direction() -> None:
    file = written(ExportFormat.DOCX, SUBJECTS["english"], newline_on_punctuation=True)
    paragraphs = docx.Document(io.BytesIO(file)).paragraphs
    assert [each.text for each in paragraphs] == [
        "Fish & chips <i>cost</i> 5 --> 6 pounds.",
        "Really?",
        "Yes!",
    ]
    turned = docx.Document(io.BytesIO(written(ExportFormat.DOCX, SUBJECTS["hebrew"])))
    xml = turned.paragraphs[0]._p.xml
    assert "<w:bidi/>" in xml
    assert "<w:rtl/>" in xml


def test_vtt_as_it_stands() -> None:
    facts = Facts(
        language="en",
        words=(
            Word(0, 400, "Tom", 0.9, "Ada"),
            Word(400, 900.4, "&", None, "Ada"),
            Word(900, 1200, "Jerry.", 0.9, "Ada"),
            Word(3_599_999, 3_600_500, "Yes!", 0.9, "Bo"),
        ),
    )
    assert written(ExportFormat.VTT, facts, with_speaker_data=True).decode() == (
        "WEBVTT\n\n"
        "00:00:00.000 --> 00:00:01.200\nAda: Tom &amp; Jerry.\n\n"
        "00:59:59.999 --> 01:00:00.500\nBo: Yes!\n"
    )


def test_srt_as_it_stands() -> None:
    facts = spoken("one two three four five six seven eight nine ten eleven twelve thirteen")
    assert written(ExportFormat.SRT, facts, max_characters_per_line=20).decode() == (
        "1\n00:00:01,000 --> 00:00:04,900\none two three four\nfive six seven eight\n\n"
        "2\n00:00:05,000 --> 00:00:07,400\nnine ten eleven\ntwelve thirteen\n"
    )


def test_avid_text_as_it_stands() -> None:
    assert written(ExportFormat.TXT_AVID, spoken("Fine day."), frames_per_second=25).decode() == (
        "@ This file written with the Avid Caption plugin, version 1\n\n"
        "<begin subtitles>\n\n"
        "00:00:01:00 00:00:01:23\nFine day.\n\n"
        "<end subtitles>\n"
    )


def test_a_latin_name_does_not_turn_a_line_that_runs_to_the_left() -> None:
    file = written(ExportFormat.SRT, SUBJECTS["hebrew"], with_speaker_data=True).decode()
    assert "\n\u200fDana: שלום" in file
    assert "\u200f" not in written(ExportFormat.SRT, SUBJECTS["arabic"]).decode()


def test_plain_text_is_broken_at_60_letters_and_pages_keep_their_lines() -> None:
    lines = written(ExportFormat.TXT, spoken("word " * 40)).decode().splitlines()
    assert {len(line) for line in lines[:-1]} == {59}
    pages = Facts(text="First line.\n\nSecond one.\n")
    assert written(ExportFormat.TXT, pages).decode() == "First line.\nSecond one.\n"


def test_nothing_said_is_a_file_with_nothing_in_it() -> None:
    silence = SUBJECTS["empty"]
    assert written(ExportFormat.VTT, silence) == b"WEBVTT\n"
    assert written(ExportFormat.SRT, silence) == b""
    assert written(ExportFormat.TXT, silence) == b""
    assert written(ExportFormat.VLF, silence) == b"[]"


def test_vlf_is_the_series_alone() -> None:
    series = json.loads(written(ExportFormat.VLF, spoken("Fine day.")))
    assert [item["words"][0]["word"] for item in series] == ["Fine", "day."]
    assert series[0]["startTimeMs"] == 1000


def test_csv_has_a_row_for_each_fact_and_no_formulas() -> None:
    facts = Facts(
        words=(Word(0, 400, '=HYPERLINK("x"),', 0.5, "Ada"),),
        objects=(Found("face", "Bo", start_ms=1, end_ms=2, sentiment=Sentiment(0.1, 0.2)),),
        spans=(Span(0, 9, "silence"),),
    )
    rows = list(csv.DictReader(io.StringIO(written(ExportFormat.CSV, facts).decode())))
    assert [row["kind"] for row in rows] == ["word", "face", "span"]
    assert rows[0]["text"] == '\'=HYPERLINK("x"),'
    assert (rows[1]["label"], rows[1]["negative"]) == ("Bo", "0.2")


def test_json_is_the_document_as_it_is() -> None:
    document = {"words": [], "mine": [1, 2]}
    subject = Subject(Facts(), document)
    file = write_export(ExportFormat.JSON, subject, DEFAULTS[ExportFormat.JSON])
    assert json.loads(file) == document


def test_a_stretch_of_time_is_cut_out_and_keeps_the_times_of_the_whole() -> None:
    facts = spoken("one two three four")
    subject = Subject(facts, {}, 1450, 2450)
    file = write_export(ExportFormat.SRT, subject, DEFAULTS[ExportFormat.SRT]).decode()
    assert file == "1\n00:00:01,500 --> 00:00:02,400\ntwo three\n"


def test_captions_need_times_and_texts_need_text() -> None:
    assert suits(ExportFormat.VTT, SUBJECTS["english"])
    assert not suits(ExportFormat.VTT, Facts(text="no times"))
    assert suits(ExportFormat.DOCX, Facts(text="no times"))
    assert not suits(ExportFormat.TXT, Facts(spans=(Span(0, 1),)))
    assert suits(ExportFormat.CSV, Facts())
