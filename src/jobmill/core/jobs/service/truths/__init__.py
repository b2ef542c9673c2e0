"""Use cases on ground truth: keep it, measure jobs against it, draw calibrations from it.

What happens at the end of each job is in `measuring` beside this.
"""

from jobmill.core.jobs.service.truths.calibrating import Calibration, calibrate
from jobmill.core.jobs.service.truths.keeping import (
    TruthChanges,
    add_truth,
    add_truth_of_job,
    count_truths,
    delete_truth,
    edit_truth,
    get_truth,
    list_truths,
)
from jobmill.core.jobs.service.truths.quality import Quality, SubjectQuality, pipeline_quality

__all__ = [
    "Calibration",
    "Quality",
    "SubjectQuality",
    "TruthChanges",
    "add_truth",
    "add_truth_of_job",
    "calibrate",
    "count_truths",
    "delete_truth",
    "edit_truth",
    "get_truth",
    "list_truths",
    "pipeline_quality",
]
