"""Jobs that are made together: at once, whole or not at all, or from a file in the background."""

from jobmill.core.jobs.batches.model import Batch, BatchError, BatchState
from jobmill.core.jobs.batches.ports import BatchStore, IngestStore

__all__ = ["Batch", "BatchError", "BatchState", "BatchStore", "IngestStore"]
