"""The documentation's curl lines as requests: the same method, address, headers and body."""

import shlex
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

EXAMPLES = Path(__file__).parent / "examples"


@dataclass
class Curl:
    """What a curl line asks for."""

    method: str = "GET"
    path: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None


def curl(name: str, **filled: str) -> Curl:
    """The request of an example; `filled` are texts in place of those in angle brackets."""
    text = (EXAMPLES / f"{name}.curl").read_text(encoding="utf-8")
    for place, value in filled.items():
        words = PLACES[place]
        assert words in text, words
        text = text.replace(words, value)
    program, *words = shlex.split(text.replace("\\\n", " "))
    assert program == "curl"
    found = Curl()
    for option, value in zip(words[::2], words[1::2], strict=True):
        if option == "--request":
            found.method = value
        elif option == "--url":
            parts = urlsplit(value)
            assert parts.netloc == "localhost:9000"
            found.path = parts.path
        elif option == "--header":
            header, _, content = value.partition(": ")
            found.headers[header] = content
        else:
            assert option == "--data", option
            found.body = value.encode()
    return found


PLACES = {
    "token": "<token here>",
    "data": '<the JSON shown below, starting with { "jobs" ',
    "job": "<job id here>",
    "file": "<file name here>",
}
