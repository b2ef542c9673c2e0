"""A document in the user's editor, while its review is held for them."""

import json
import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from jobmill.cli.output import note

if TYPE_CHECKING:
    from jobmill_client import Jobmill
    from jobmill_client.models import Review

USUAL = "vi"


def edited(client: "Jobmill", review: "Review", seconds: int | None) -> Any:
    """The document as the user left it; None if they changed nothing.

    Begins with the user's draft, if there is one. Raises BadParameter for what is not JSON; the
    file stays.
    """
    document = client.reviews.draft(review)
    if document is None:
        document = client.reviews.document(review)
    before = _written(document)
    place = keep(document)
    _edit(place, client, review, seconds)
    after = place.read_text(encoding="utf-8")
    if after.strip() == before.strip():
        place.unlink()
        return None
    try:
        changed = json.loads(after)
    except ValueError as error:
        raise typer.BadParameter(
            f"{place}: not JSON ({error}); correct it and use --file"
        ) from None
    place.unlink()
    return changed


def keep(document: Any) -> Path:
    """A file of the user's own with the document."""
    handle, name = tempfile.mkstemp(prefix="review-", suffix=".json")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(_written(document))
    return Path(name)


def _edit(place: Path, client: "Jobmill", review: "Review", seconds: int | None) -> None:
    """Until the editor has ended; the claim is renewed meanwhile."""
    from jobmill_client import JobmillError

    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or USUAL
    lasts = seconds or int(review.raw.get("claim_seconds") or 60)
    with subprocess.Popen([*shlex.split(editor), str(place)]) as running:
        while True:
            try:
                code = running.wait(timeout=lasts / 2)
                break
            except subprocess.TimeoutExpired:
                try:
                    client.reviews.renew(review, seconds)
                except JobmillError as refused:
                    note(f"The review could not be held longer: {refused.message}")
    if code:
        raise typer.BadParameter(f"the editor {editor!r} ended with {code}; {place} was not used")


def _written(document: Any) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
