"""The data folder as the processes of this machine take it: made, and refused with a reason."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from jobmill.cli.output import note
from jobmill.cli.session import FAILED, usage

if TYPE_CHECKING:
    from jobmill.adapters.locks import DataFolder
    from jobmill.config import Settings


@contextmanager
def prepared_folder(settings: "Settings") -> Iterator["DataFolder"]:
    """The folder, made. Leaves when it cannot be used, or the body finds it in use."""
    from jobmill.adapters.locks import DataFolder, FolderInUse, FolderUnfit
    from jobmill.bootstrap import check_stores
    from jobmill.config import SettingInvalid

    folder = DataFolder(settings.data)
    try:
        check_stores(settings)
        folder.make()
    except SettingInvalid as wrong:
        usage(str(wrong))
    except FolderUnfit as refusal:
        note(f"Error: {refusal}")
        raise typer.Exit(FAILED) from None
    except OSError as wrong:
        note(f"Error: the data folder {folder.path} cannot be used: {wrong.strerror}.")
        raise typer.Exit(FAILED) from None
    try:
        yield folder
    except FolderInUse as refusal:
        note(f"Error: {refusal}")
        running = folder.path / "server.json"
        if running.is_file():
            note(f"It is {running.read_text('utf-8').strip()}")
        raise typer.Exit(FAILED) from None
