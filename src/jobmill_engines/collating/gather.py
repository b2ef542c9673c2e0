"""Reads the JSON parts on a task's input port, in their order, as chunks."""

import json
from collections.abc import Iterator
from typing import Any

from jobmill_engine import Input, InputRejected, Task
from jobmill_engine.aion import AionInvalid, is_aion, read_document
from jobmill_engine.facts import Chunk, FactsInvalid

LARGEST = 256 << 20


def chunks_of(task: Task, port: str = "in") -> Iterator[Chunk]:
    """The documents on a port, each with where its meta says that it lies.

    Documents of facts and AION may be mixed. Raises InputRejected for anything else.
    """
    files = [file for file in task.inputs if file.port == port]
    for number, file in enumerate(files):
        task.check_cancelled()
        yield _chunk(file)
        task.progress(number + 1, len(files), "chunks")


def _chunk(file: Input) -> Chunk:
    document = _document(file)
    try:
        return Chunk.from_meta(read_document(document), file.meta)
    except (FactsInvalid, AionInvalid) as error:
        form = "AION" if is_aion(document) else "a document of facts"
        raise InputRejected(
            "invalid_document", f"{_name(file)} is not valid as {form}: {error}"
        ) from None


def _document(file: Input) -> dict[str, Any]:
    with file.open() as stream:
        data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise InputRejected(
            "too_large", f"{_name(file)} is larger than {LARGEST >> 20} MiB; make smaller chunks."
        )
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputRejected("not_json", f"{_name(file)} is not JSON: {error}.") from None
    if not isinstance(document, dict):
        raise InputRejected("not_json", f"{_name(file)} is JSON, but not an object.")
    return document


def _name(file: Input) -> str:
    return f"Part {file.number}" if file.number is not None else f"The input {file.name!r}"
