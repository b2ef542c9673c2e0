"""A producer that repeated other bytes than are kept: its readers read again from there."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from jobmill.core.jobs.model import JobGraph, Part
from jobmill.core.jobs.ports import UnitOfWork


def rewrite(
    work: UnitOfWork,
    graph: JobGraph,
    name: str,
    first: Mapping[str, int],
    fresh: Sequence[Part],
    now: datetime,
) -> JobGraph:
    raise NotImplementedError
