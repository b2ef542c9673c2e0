"""How many threads a model may use."""

import os


def fair_threads() -> int:
    """Our share of the processors when as many attempts run as the worker has slots.

    Fixed, not by what runs at the moment, so that a result does not depend on the neighbours.
    """
    processors = len(os.sched_getaffinity(0))
    slots = os.environ.get("JOBMILL_SLOTS", "")
    return max(1, processors // (int(slots) if slots.isdecimal() and int(slots) else processors))
