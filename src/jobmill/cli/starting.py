"""A quick start: nothing made while the modules load is garbage, so nothing looks for any."""

import gc


def begin_start() -> None:
    """Stop looking for garbage until the process is ready."""
    gc.disable()


def end_start() -> None:
    """Look for garbage from now on, but not among what the start has made: it stays."""
    gc.freeze()
    gc.enable()
