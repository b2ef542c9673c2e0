"""The platform's own jobs: bulk actions, exports, the reading of batches. One task each, done by
the platform itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jobmill.core.accounts import Principal
from jobmill.core.capacity import PLATFORM_POOL
from jobmill.core.ids import JobId, new_id
from jobmill.core.jobs.ports import NewJob
from jobmill.core.pipelines import Plan, PlannedTask


def own_job(
    who: Principal,
    engine: str,
    said: Mapping[str, Any],
    now: datetime,
    *,
    task: str | None = None,
    **fields: Any,
) -> NewJob:
    """A job of type `engine`, whose input tells what was asked for. `fields` are further columns of
    its row."""
    planned = PlannedTask(name=task or engine, engine=engine, pool=PLATFORM_POOL)
    return NewJob(
        id=JobId(new_id()),
        organization=who.organization,
        plan=Plan((planned,), ()),
        created_at=now,
        fields={
            "owner": who.user,
            "type": engine,
            "features": (),
            "params": {},
            "pipeline": None,
            "input": {"json": said},
            "asset": None,
            "item": None,
            "origin": "api",
            "priority": 0,
            "retain_until": None,
            "alarms": (),
            "extras": {},
            **fields,
        },
    )
