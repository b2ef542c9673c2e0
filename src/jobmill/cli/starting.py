"""A quick start: what is made while the modules load is no garbage, and is nobody else's."""

import gc
import os

YOUNG = 20_000
"""New objects, beyond those that have gone again, that make Python look for garbage."""


def begin_start() -> None:
    """Stop looking for garbage until the process is ready, and for plugins of pydantic at all:
    that reads the metadata of every installed package."""
    gc.disable()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


def end_start() -> None:
    """Look for garbage from now on, but not among what the start has made: it stays.

    And less often than usual: nearly all that a job leaves goes without a search.
    """
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)
    gc.enable()
