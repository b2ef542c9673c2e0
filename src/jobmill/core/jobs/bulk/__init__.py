"""Actions on every job that a filter matches, done by the platform as a job of its own."""

from jobmill.core.jobs.bulk.model import Bulk, BulkAction
from jobmill.core.jobs.bulk.ports import BulkStore

__all__ = ["Bulk", "BulkAction", "BulkStore"]
