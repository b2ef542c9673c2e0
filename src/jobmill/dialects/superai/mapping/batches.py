"""The batch object."""

from collections.abc import Sequence
from typing import Any

from jobmill.core.jobs.batches import Batch, BatchError, BatchState
from jobmill.dialects.superai.mapping.times import moment_of

MOST_ERRORS = 1000
"""So many rows that are wrong are told of in the object itself."""


def batch_object(batch: Batch, app: str, errors: Sequence[BatchError]) -> dict[str, Any]:
    """A batch with its progress. Rows are counted from 0."""
    read = batch.job is not None
    processed = batch.processed if read else batch.size
    told = [f'"{each.row}","{_sentence(each)}"' for each in errors[:MOST_ERRORS]]
    return {
        "app_uuid": app,
        "batch_id": batch.id,
        "batch_total": batch.total if read else batch.size,
        "created": moment_of(batch.created_at),
        "invalid_index": [each.row for each in errors[:MOST_ERRORS]],
        "total_processed": processed,
        "valid_count": processed - batch.invalid,
        "batch_processed": batch.state is not BatchState.INGESTING,
        "error_message": batch.error,
        "errors_with_filename": told,
        "errors_with_file": told,
        "job_states": {state.value: count for state, count in batch.counts.items()},
    }


def _sentence(error: BatchError) -> str:
    said = error.message
    if error.field and not said.startswith(f"{error.field}: "):
        said = f"{error.field}: {said}"
    return said.replace('"', '""')
