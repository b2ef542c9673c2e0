"""Times as people type them on the command line."""

from datetime import datetime
from typing import Any

import typer


def time_given(text: str) -> datetime:
    """The time, in this machine's zone where it names none."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"give a time such as 2030-01-31T12:00:00Z, not {text!r}."
        ) from None
    return at if at.tzinfo else at.astimezone()


def time_option(*flags: str, help: str) -> Any:  # noqa: A002  typer's own word
    """An option that takes a time."""
    return typer.Option(*flags, help=help, parser=time_given, metavar="TIME")
