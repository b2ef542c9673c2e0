"""The formats of exports and the options of each, with their defaults. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from jobmill.core.errors import InvalidInput


class ExportFormat(StrEnum):
    """What results can be turned into."""

    VTT = "vtt"
    SRT = "srt"
    TTML = "ttml"
    TXT = "txt"
    DOCX = "docx"
    TXT_AVID = "txtAvid"
    VLF = "vlf"
    CSV = "csv"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class FormatOptions:
    """How a file is laid out.

    `max_characters_per_line` 0: lines are as long as they are. `newline_on_punctuation`: a new
    line after a sentence. `time_gap_to_separate_paragraph_ms`: a longer pause begins a new line,
    0 for none. `lines_per_screen` and `time_gap_to_separate_screen_ms` (0 for none) make the
    blocks of captions. `with_speaker_data`: a new line with the name where the speaker changes.
    `frames_per_second` counts the frames of time codes. `file_extension` names the file.
    """

    max_characters_per_line: int = 0
    newline_on_punctuation: bool = False
    time_gap_to_separate_paragraph_ms: int = 0
    lines_per_screen: int = 1
    time_gap_to_separate_screen_ms: int = 0
    with_speaker_data: bool = False
    frames_per_second: int = 30
    file_extension: str = ""


_CAPTION = (
    "max_characters_per_line",
    "newline_on_punctuation",
    "time_gap_to_separate_paragraph_ms",
    "lines_per_screen",
    "time_gap_to_separate_screen_ms",
    "with_speaker_data",
    "file_extension",
)
_TEXT = (*_CAPTION[:3], "with_speaker_data", "file_extension")
_DATA = ("file_extension",)

OPTIONS: Mapping[ExportFormat, tuple[str, ...]] = {
    ExportFormat.VTT: _CAPTION,
    ExportFormat.SRT: _CAPTION,
    ExportFormat.TTML: _CAPTION,
    ExportFormat.TXT: _TEXT,
    ExportFormat.DOCX: _TEXT,
    ExportFormat.TXT_AVID: (*_CAPTION, "frames_per_second"),
    ExportFormat.VLF: _DATA,
    ExportFormat.CSV: _DATA,
    ExportFormat.JSON: _DATA,
}
"""The options that each format has."""

DEFAULTS: Mapping[ExportFormat, FormatOptions] = {
    ExportFormat.VTT: FormatOptions(32, False, 1000, 2, 5000, file_extension="vtt"),
    ExportFormat.SRT: FormatOptions(32, False, 1000, 2, 5000, file_extension="srt"),
    ExportFormat.TTML: FormatOptions(80, False, 1000, 1, 5000, file_extension="ttml"),
    ExportFormat.TXT: FormatOptions(60, False, 0, file_extension="txt"),
    ExportFormat.DOCX: FormatOptions(60, False, 0, file_extension="docx"),
    ExportFormat.TXT_AVID: FormatOptions(30, False, 1000, 3, 5000, file_extension="txt"),
    ExportFormat.VLF: FormatOptions(file_extension="vlf"),
    ExportFormat.CSV: FormatOptions(file_extension="csv"),
    ExportFormat.JSON: FormatOptions(file_extension="json"),
}

MEDIA_TYPES: Mapping[ExportFormat, str] = {
    ExportFormat.VTT: "text/vtt",
    ExportFormat.SRT: "application/x-subrip",
    ExportFormat.TTML: "application/ttml+xml",
    ExportFormat.TXT: "text/plain",
    ExportFormat.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ExportFormat.TXT_AVID: "text/plain",
    ExportFormat.VLF: "application/json",
    ExportFormat.CSV: "text/csv",
    ExportFormat.JSON: "application/json",
}
MOST: Mapping[str, int] = {
    "max_characters_per_line": 10_000,
    "time_gap_to_separate_paragraph_ms": 86_400_000,
    "lines_per_screen": 100,
    "time_gap_to_separate_screen_ms": 86_400_000,
    "frames_per_second": 240,
}
LEAST: Mapping[str, int] = {"lines_per_screen": 1, "frames_per_second": 1}
EXTENSION_LIMIT = 16


def format_of(name: str, field: str = "format") -> ExportFormat:
    """The format of this name. Raises InvalidInput naming the formats."""
    try:
        return ExportFormat(name)
    except ValueError:
        known = ", ".join(ExportFormat)
        raise InvalidInput(f"{field}: {name!r} is no format; give {known}.", field=field) from None


def options_of(
    format: ExportFormat,  # noqa: A002
    given: Mapping[str, Any],
    field: str = "options",
) -> FormatOptions:
    """The format's defaults with what is given. Raises InvalidInput naming the option."""
    checked = {}
    for name, value in given.items():
        if name not in OPTIONS[format]:
            known = ", ".join(OPTIONS[format])
            raise InvalidInput(
                f"{field}.{name}: {format} has no such option; it has {known}.",
                field=f"{field}.{name}",
            )
        checked[name] = _checked(name, value, f"{field}.{name}")
    return replace(DEFAULTS[format], **checked)


def _checked(name: str, value: Any, field: str) -> Any:
    if name == "file_extension":
        return _extension(value, field)
    if name in MOST:
        low, high = LEAST.get(name, 0), MOST[name]
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise InvalidInput(f"{field}: give a whole number, {low} to {high}.", field=field)
        return value
    if not isinstance(value, bool):
        raise InvalidInput(f"{field}: give true or false.", field=field)
    return value


def _extension(value: Any, field: str) -> str:
    bare = value.removeprefix(".") if isinstance(value, str) else ""
    plain = bare.isascii() and bare.replace("_", "").replace("-", "").isalnum()
    if not plain or len(bare) > EXTENSION_LIMIT:
        raise InvalidInput(
            f"{field}: give up to {EXTENSION_LIMIT} letters and digits, such as 'xml'.", field=field
        )
    return bare


OPTION_NAMES = tuple(each.name for each in fields(FormatOptions))
