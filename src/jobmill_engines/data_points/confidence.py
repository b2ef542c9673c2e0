"""How often a value of such a score is right. The steps were measured (see docs/guides/documents).

Pure.
"""

from bisect import bisect_right

from jobmill_engines.data_points.choosing import Chosen
from jobmill_engines.data_points.rows import Entry

_STEPS = (
    (0.00, 0.10),
    (0.22, 0.35),
    (0.35, 0.50),
    (0.50, 0.65),
    (0.65, 0.80),
    (0.78, 0.90),
    (0.88, 0.96),
    (1.00, 0.99),
)
_RIVAL = 0.55
_AGREEING = 0.35


def confidence_of(chosen: Chosen) -> float:
    """0 to 1: the share of such values that are right, times how surely its letters were read."""
    candidate = chosen.candidate
    score = candidate.score
    if chosen.agreeing > 1:
        score += (1 - score) * _AGREEING
    if chosen.against > 0:
        closeness = min(1.0, chosen.against / max(score, 1e-6))
        score *= 1 - _RIVAL * max(0.0, closeness - 0.6)
    read = candidate.segment.sure(candidate.start, candidate.end)
    return round(_right(score) * read, 4)


def _right(score: float) -> float:
    at = bisect_right(_STEPS, (score, 1.0))
    if at >= len(_STEPS):
        return _STEPS[-1][1]
    (low, sure_low), (high, sure_high) = _STEPS[at - 1], _STEPS[at]
    return sure_low + (sure_high - sure_low) * (score - low) / (high - low)


def row_confidence(table: float, entry: Entry) -> float:
    """Of a value in a row of a table whose headers were found so surely."""
    read = entry.segment.sure(entry.value.start, entry.value.end)
    return round(_right(table * (0.4 + 0.6 * entry.score)) * read, 4)
