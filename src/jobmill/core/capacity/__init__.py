"""Who may run how much at once: pools, limits, and fair turns."""

from jobmill.core.capacity.model import (
    BULK,
    EXPORT,
    INGEST,
    PLATFORM_ENGINES,
    PLATFORM_POOL,
    Limit,
    MadePool,
    Pool,
    Running,
)
from jobmill.core.capacity.ports import CapacityStore

__all__ = [
    "BULK",
    "EXPORT",
    "INGEST",
    "PLATFORM_ENGINES",
    "PLATFORM_POOL",
    "CapacityStore",
    "Limit",
    "MadePool",
    "Pool",
    "Running",
]
