"""Metadata of jobs as people type them: KEY=VALUE."""

import json
from typing import Annotated, Any

import typer

from jobmill.cli.session import usage

Metadata = Annotated[
    list[str] | None, typer.Option("--metadata", metavar="KEY=VALUE", help="Repeatable.")
]


def pairs_given(given: list[str] | None) -> list[tuple[str, str]]:
    """Keys and values, as they were typed."""
    pairs = []
    for word in given or ():
        key, equals, value = word.partition("=")
        if not equals or not key:
            usage(f"--metadata takes KEY=VALUE, not {word!r}.")
        pairs.append((key, value))
    return pairs


def metadata_given(given: list[str] | None) -> dict[str, Any]:
    """The object that the pairs make."""
    return {key: _value(text) for key, text in pairs_given(given)}


def _value(text: str) -> Any:
    """Numbers, true, false and null as such; anything else is a text."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return text if isinstance(value, dict | list | str) else value
