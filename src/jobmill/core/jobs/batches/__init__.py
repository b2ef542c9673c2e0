"""Jobs that are made together, accepted whole or not at all."""

from jobmill.core.jobs.batches.model import Batch
from jobmill.core.jobs.batches.ports import BatchStore

__all__ = ["Batch", "BatchStore"]
