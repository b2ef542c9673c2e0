"""Priorities: the vendor's are any whole number, low first, usual 0; ours 0 to 139, usual 20.

Order is kept wherever it can be: far below the usual, several of theirs are one of ours.
"""

from jobmill.core.jobs.model import DEFAULT_PRIORITY, PRIORITIES

_NEAR, _FAR, _LAST = -10, -20, -100


def priority_from(given: int) -> int:
    """Ours for one of theirs."""
    if given >= _NEAR:
        return min(given + DEFAULT_PRIORITY, PRIORITIES[-1])
    if given >= _FAR:
        return 10 + (given - _NEAR) // 2
    if given >= _LAST:
        return 5 + (given - _FAR) // 20
    return 0


def priority_of(ours: int) -> int:
    """Theirs for one of ours, where nobody has said it in their words."""
    return ours - DEFAULT_PRIORITY
