"""Parts that an engine writes through a port with a role become assets of the job's item."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from mimetypes import guess_extension

from jobmill.core.items import AssetSource, AssetState
from jobmill.core.jobs.model import Job, Part, Task
from jobmill.core.jobs.ports import UnitOfWork

# Several fit, and the first of the alphabet is not what people expect.
_USUAL = {"application/xml": ".xml", "text/plain": ".txt", "image/jpeg": ".jpg"}
_ROLE = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def hold_parts(
    work: UnitOfWork,
    job: Job,
    task: Task,
    parts: Sequence[Part],
    roles: Mapping[str, str],
    now: datetime,
) -> None:
    """Put each part into its port's role; a job without an item keeps them as parts alone.

    The part's meta may name another `role`, and say that it is the `main` one of it.
    """
    if job.item is None:
        return
    for part in parts:
        usual = roles.get(part.port)
        if usual is None or part.blob is None:
            continue
        told = str(part.meta.get("role", usual))
        role = told if _ROLE.fullmatch(told) else usual
        suffix = _USUAL.get(part.media_type) or guess_extension(part.media_type) or ""
        asset = work.assets.add(
            job.organization,
            str(part.meta.get("name") or f"{task.name}.{part.port}.{part.number}{suffix}"),
            part.media_type,
            AssetSource.TASK,
            AssetState.READY,
            now,
            blob=part.blob,
            owner=job.owner,
        )
        extras = {**part.meta, "port": part.port, "part": part.number}
        main = part.meta.get("main") is True
        work.items.hold(
            job.item, role, asset.number, now, main=main, task=task.number, extras=extras
        )
