"""From one result to the file of one format. Pure."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobmill.core.exports.formats import ExportFormat, FormatOptions
from jobmill.core.exports.layout import Line, Screen, lines_of, screens_of
from jobmill.core.exports.script import Shown, cut_script, has_times, plain_text, script_of
from jobmill.core.exports.writers.avid import write_avid
from jobmill.core.exports.writers.docx import write_docx
from jobmill.core.exports.writers.srt import write_srt
from jobmill.core.exports.writers.table import write_csv
from jobmill.core.exports.writers.text import write_text
from jobmill.core.exports.writers.ttml import write_ttml
from jobmill.core.exports.writers.vtt import write_vtt
from jobmill.core.results.aion import aion_documents
from jobmill_engine.facts import Facts, Found, text_of

CAPTIONS = frozenset({ExportFormat.VTT, ExportFormat.SRT, ExportFormat.TTML, ExportFormat.TXT_AVID})
TEXTS = frozenset({ExportFormat.TXT, ExportFormat.DOCX})


@dataclass(frozen=True, slots=True)
class Subject:
    """What is written: the facts of a result (and its document as it is), the stretch of time that
    is wanted, and who spoke when, if another result knows."""

    facts: Facts
    document: Mapping[str, Any]
    start_ms: float | None = None
    end_ms: float | None = None
    speakers: Sequence[Found] = ()


def suits(format: ExportFormat, facts: Facts) -> bool:  # noqa: A002
    """Whether the facts have what the format is made of."""
    if format in CAPTIONS:
        return has_times(facts)
    if format in TEXTS:
        return has_times(facts) or bool(text_of(facts).strip())
    return True


def write_export(format: ExportFormat, subject: Subject, options: FormatOptions) -> bytes:  # noqa: A002
    """The bytes of the file; texts are UTF-8. Facts without anything to show give an empty file."""
    return _WRITERS[format](subject, options)


def _screens(subject: Subject, options: FormatOptions) -> list[Screen]:
    return screens_of(_lines(subject, options), options)


def _lines(subject: Subject, options: FormatOptions) -> list[Line]:
    facts = subject.facts
    script = cut_script(script_of(facts, subject.speakers), subject.start_ms, subject.end_ms)
    return lines_of(script, options, facts.language)


def _paragraphs(subject: Subject, options: FormatOptions) -> list[Line]:
    """The lines of what was said; a text without times is laid out paragraph by paragraph."""
    facts = subject.facts
    if has_times(facts):
        return _lines(subject, options)
    return [
        line
        for paragraph in text_of(facts).splitlines()
        for line in lines_of(_untimed(paragraph), options, facts.language)
    ]


def _untimed(paragraph: str) -> list[Shown]:
    return [Shown(word, 0.0, 0.0) for word in plain_text(paragraph).split()]


def _vtt(subject: Subject, options: FormatOptions) -> bytes:
    return write_vtt(_screens(subject, options), subject.facts.language).encode()


def _srt(subject: Subject, options: FormatOptions) -> bytes:
    return write_srt(_screens(subject, options), subject.facts.language).encode()


def _ttml(subject: Subject, options: FormatOptions) -> bytes:
    return write_ttml(_screens(subject, options), subject.facts.language).encode()


def _avid(subject: Subject, options: FormatOptions) -> bytes:
    return write_avid(_screens(subject, options), options.frames_per_second).encode()


def _txt(subject: Subject, options: FormatOptions) -> bytes:
    return write_text(_paragraphs(subject, options)).encode()


def _docx(subject: Subject, options: FormatOptions) -> bytes:
    return write_docx(_paragraphs(subject, options), subject.facts.language)


def _vlf(subject: Subject, options: FormatOptions) -> bytes:
    """The time series of the AION documents, and nothing else of them."""
    low, high = subject.start_ms or 0.0, subject.end_ms
    series = [item for each in aion_documents(subject.facts) for item in each.get("series", ())]
    kept = [
        item
        for item in sorted(series, key=lambda item: item["startTimeMs"])
        if item["stopTimeMs"] >= low and (high is None or item["startTimeMs"] < high)
    ]
    return json.dumps(kept, ensure_ascii=False).encode()


def _csv(subject: Subject, options: FormatOptions) -> bytes:
    return write_csv(subject.facts).encode()


def _json(subject: Subject, options: FormatOptions) -> bytes:
    return json.dumps(subject.document, ensure_ascii=False, indent=2).encode() + b"\n"


_WRITERS: Mapping[ExportFormat, Callable[[Subject, FormatOptions], bytes]] = {
    ExportFormat.VTT: _vtt,
    ExportFormat.SRT: _srt,
    ExportFormat.TTML: _ttml,
    ExportFormat.TXT: _txt,
    ExportFormat.DOCX: _docx,
    ExportFormat.TXT_AVID: _avid,
    ExportFormat.VLF: _vlf,
    ExportFormat.CSV: _csv,
    ExportFormat.JSON: _json,
}
