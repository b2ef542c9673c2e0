"""The media type that a file's name lets guess. Looks into no file."""

import mimetypes

# Formats of this field that the standard table lacks or names by another type (.ts).
_MORE_TYPES = {
    ".mkv": "video/x-matroska",
    ".mxf": "application/mxf",
    ".ts": "video/mp2t",
    ".m2ts": "video/mp2t",
    ".mts": "video/mp2t",
    ".m4v": "video/x-m4v",
    ".wmv": "video/x-ms-wmv",
    ".flv": "video/x-flv",
    ".ogv": "video/ogg",
    ".ogg": "audio/ogg",
    ".oga": "audio/ogg",
    ".m4a": "audio/mp4",
    ".flac": "audio/flac",
    ".wav": "audio/wav",
    ".aiff": "audio/aiff",
    ".aif": "audio/aiff",
    ".wma": "audio/x-ms-wma",
    ".ac3": "audio/ac3",
    ".srt": "application/x-subrip",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def _table() -> mimetypes.MimeTypes:
    # No system files: the same name must mean the same type on every machine.
    table = mimetypes.MimeTypes(filenames=())
    for suffix, media_type in _MORE_TYPES.items():
        table.add_type(media_type, suffix)
    return table


_TYPES = _table()


def guessed_type(name: str) -> str | None:
    """The media type of a file of this name; None when the name tells nothing."""
    return _TYPES.guess_type(name)[0]
