"""Batches whose rows come with the request: they are kept as they are, and read afterwards."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from jobmill.core.accounts import Principal
from jobmill.core.items import Asset, StoredBytes
from jobmill.core.jobs.batches import Batch
from jobmill.core.jobs.batches.rows import RowFormat
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.ingest import BatchSpec, keep_rows, start_batch
from jobmill.core.jobs.service.repeats import Once
from jobmill.http.house import House
from jobmill.http.receiving import receive

_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)


async def begin_batch(
    house: House,
    who: Principal,
    spec: BatchSpec,
    inputs: Sequence[Any] | None,
    now: datetime,
    asked: Once | None = None,
) -> Batch:
    """Accept a batch of the rows that are given, or else of those in the file that `spec` names.

    Raises as `start_batch`.
    """
    if inputs is None:
        return await house.database.write(
            lambda work: start_batch(work, house.outside, who, spec, now, asked=asked)
        )
    spec = replace(spec, total=len(inputs), format=RowFormat.JSONL, file=None)
    text = await asyncio.to_thread(lambda: "\n".join(map(_ENCODER.encode, inputs)).encode())
    made: list[Batch] = []

    def name(work: UnitOfWork, stored: StoredBytes) -> Asset:
        asset = keep_rows(work.assets, who, stored, RowFormat.JSONL, now)
        made[:] = [start_batch(work, house.outside, who, spec, now, asset, asked)]
        return asset

    await receive(house, who.organization, _once(text), len(text), name)
    return made[0]


async def _once(text: bytes) -> AsyncIterator[bytes]:
    yield text
