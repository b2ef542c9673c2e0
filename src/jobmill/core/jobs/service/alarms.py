"""Cut a recording out of the input wherever a job's results violate one of its alarms."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from jobmill.core.items import ItemKind
from jobmill.core.jobs.model import Job
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.results import Result, violations

ALARM = "alarm"


def raise_alarms(
    work: UnitOfWork, job: Job, features: Sequence[str], results: Sequence[Result], now: datetime
) -> None:
    """Make a cut for each violation in a task's results, in place of those of an earlier run."""
    if not job.alarms or job.item is None:
        return
    whole = work.items.get(job.item)
    if whole is None:
        return
    for cut in work.items.cuts_of(job.item):
        if cut.extras.get(ALARM, {}).get("feature") in features:
            work.items.remove(cut.number)
    documents = {result.feature: result.document for result in results}
    found = [
        violation
        for alarm in job.alarms
        if alarm.feature in documents
        for violation in violations(alarm, documents[alarm.feature])
    ]
    for violation in found:
        work.items.add(
            whole.organization,
            ItemKind.RECORDING,
            whole.name,
            now,
            whole.assets,
            {ALARM: asdict(violation)},
            cut_of=whole.number,
            owner=whole.owner,
        )
