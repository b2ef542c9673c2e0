"""A task's input as a text: plain text, HTML or a document of facts. Says why one is none."""

import codecs
import json
from typing import Any

from jobmill_engine import Input, InputRejected, LimitReached, Task
from jobmill_engine.aion import AionInvalid, read_document
from jobmill_engine.facts import FactsInvalid
from jobmill_engines.texts.documents import text_of_facts
from jobmill_engines.texts.html import text_of_html
from jobmill_engines.texts.model import Text
from jobmill_engines.texts.plain import text_of_plain

LARGEST = 16 << 20
"""Bytes of one input; a thick book has about one million."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HTML = ("text/html", "application/xhtml+xml")


def read_text(task: Task) -> Text | None:
    """The text of the task's input; None when there is nothing in it to read, which was told then.

    An empty file is refused, unless it is a chunk: a part of a film in which nobody speaks is no
    mistake. Raises InputRejected and LimitReached.
    """
    given = task.input()
    text = _text(given, str(task.parameters.get("encoding") or ""))
    if any(character.isalnum() for each in text.sentences for character in each.text):
        return text
    if _is_document(given) or task.mode == "chunk":
        if task.mode != "chunk":
            task.warn("no_text", "There are no words in the document.")
        return None
    raise InputRejected("empty_text", f"There is no text in {name_of(given)}.")


def name_of(given: Input) -> str:
    """What to call an input in a message."""
    return f"chunk {given.number}" if given.number is not None else f"the file {given.name!r}"


def _text(given: Input, encoding: str) -> Text:
    data = _bytes(given)
    if _is_document(given):
        return _facts(given, data)
    text = _decoded(given, data, encoding)
    head = text[:512].lstrip().lower()
    if _kind(given) in _HTML or head.startswith(("<!doctype html", "<html")):
        plain, language = text_of_html(text)
        return Text(text_of_plain(plain).paragraphs, language)
    if _kind(given) == "application/octet-stream" and head.startswith("{"):
        return _facts(given, data)
    return text_of_plain(text)


def _bytes(given: Input) -> bytes:
    with given.open() as stream:
        data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        told = f"{name_of(given).capitalize()} has more than {LARGEST >> 20} MiB: give it in parts."
        raise LimitReached("text_too_large", told)
    return data


def _kind(given: Input) -> str:
    return given.media_type.partition(";")[0].strip().lower()


def _is_document(given: Input) -> bool:
    return _kind(given) == "application/json" or _kind(given).endswith("+json")


def _decoded(given: Input, data: bytes, encoding: str) -> str:
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    chosen = marked or encoding or "utf-8"
    try:
        text = data.decode(chosen)
    except LookupError:
        told = f"There is no encoding {encoding!r}; name one such as utf-8 or windows-1252."
        raise InputRejected("bad_parameter", told) from None
    except UnicodeError as error:
        raise _undecodable(given, data, chosen, error) from None
    if "\0" in text:
        raise _no_text(given)
    return text


def _undecodable(given: Input, data: bytes, encoding: str, error: UnicodeError) -> InputRejected:
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in data[:4096])
    if controls > len(data[:4096]) // 50:
        return _no_text(given)
    at = getattr(error, "start", 0)
    return InputRejected(
        "bad_encoding",
        f"{name_of(given).capitalize()} is not written in {encoding} (byte {at}). Save it as UTF-8,"
        " or name its encoding in the parameter `encoding`, such as windows-1252.",
    )


def _no_text(given: Input) -> InputRejected:
    return InputRejected(
        "not_text",
        f"{name_of(given).capitalize()} is no text, HTML or document of facts. Turn it into one"
        " first: speech by `transcribe`, pictures by `ocr`.",
    )


def _facts(given: Input, data: bytes) -> Text:
    document = _json(given, data)
    try:
        return text_of_facts(read_document(document))
    except (FactsInvalid, AionInvalid) as error:
        told = f"{name_of(given).capitalize()} is not valid as a document of facts: {error}"
        raise InputRejected("invalid_document", told) from None


def _json(given: Input, data: bytes) -> dict[str, Any]:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        told = f"{name_of(given).capitalize()} is not JSON: {error}."
        raise InputRejected("not_json", told) from None
    if isinstance(document, str):
        return {"text": document}
    if not isinstance(document, dict):
        told = f"{name_of(given).capitalize()} is JSON, but not an object or a text."
        raise InputRejected("not_json", told)
    return document
