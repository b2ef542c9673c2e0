"""Use cases on batches that are read from a file: start one, see what is wrong with its rows, act
upon the whole."""

from jobmill.core.jobs.service.ingest.acting import act_on_batch
from jobmill.core.jobs.service.ingest.start import (
    MAX_ROWS,
    BatchSpec,
    batch_errors,
    keep_rows,
    start_batch,
)

__all__ = ["MAX_ROWS", "BatchSpec", "act_on_batch", "batch_errors", "keep_rows", "start_batch"]
