"""Ground truth: known right answers, and how engines and people stand against them."""

from jobmill.core.truths.judging import FieldJudged, Judgement, judge
from jobmill.core.truths.model import GroundTruth, NewTruth, TruthKind, TruthNumber, TruthState
from jobmill.core.truths.quality import (
    Accuracy,
    Agreed,
    Confused,
    FieldAccuracy,
    Measured,
    Measurement,
    Pair,
    PeriodAccuracy,
    QualityQuery,
    Role,
    Width,
)

__all__ = [
    "Accuracy",
    "Agreed",
    "Confused",
    "FieldAccuracy",
    "FieldJudged",
    "GroundTruth",
    "Judgement",
    "Measured",
    "Measurement",
    "NewTruth",
    "Pair",
    "PeriodAccuracy",
    "QualityQuery",
    "Role",
    "TruthKind",
    "TruthNumber",
    "TruthState",
    "Width",
    "judge",
]
