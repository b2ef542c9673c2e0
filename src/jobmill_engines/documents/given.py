"""The JSON document on a task's input port, refused clearly when it is none."""

import json
from typing import Any

from jobmill_engine import Input, InputRejected, Task

LARGEST = 128 << 20


def given_document(task: Task, port: str = "in") -> dict[str, Any]:
    """The object there. Raises InputRejected."""
    return read_json(task.input(port))


def read_json(file: Input) -> dict[str, Any]:
    """The object in a file. Raises InputRejected."""
    with file.open() as stream:
        data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        told = f"The document on port {file.port!r} is larger than {LARGEST >> 20} MiB."
        raise InputRejected("too_large", f"{told} Split the file before it is read.")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputRejected("not_json", f"Port {file.port!r} was given no JSON: {error}.") from None
    if not isinstance(document, dict):
        raise InputRejected("not_json", f"Port {file.port!r} was given JSON, but not an object.")
    return document


def invalid(what: str, where: str, why: str) -> InputRejected:
    """What to raise about a document that has not the shape that is asked for."""
    return InputRejected("invalid_document", f"This is no document of {what}: {where} {why}.")
