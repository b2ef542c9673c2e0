"""From the core's recordings to the vendor's documents (which are ours: the record is silent)."""

from collections.abc import Sequence
from typing import Any

from jobmill.core.items import Asset, AssetSource, Item
from jobmill.core.jobs.model import JobGraph
from jobmill.core.results import Result
from jobmill.dialects.gentoo.mapping.annotations import annotations_from, segment_of
from jobmill.dialects.gentoo.mapping.create_job import ASSET
from jobmill.dialects.gentoo.mapping.jobs import STATUS, alarm_of
from jobmill.dialects.gentoo.mapping.names import name_of
from jobmill.dialects.gentoo.mapping.times import moment_of


def recording_summary(item: Item, asset: Asset | None) -> dict[str, Any]:
    """An item of `GET recordings`."""
    return {
        "_id": name_of(item.id, item.number),
        "name": item.name,
        "inputUri": _input_uri(asset),
        **_alarm(item),
        "insertTime": moment_of(item.created_at),
    }


def recording_document(
    item: Item,
    asset: Asset | None,
    jobs: Sequence[JobGraph],
    results: Sequence[Result],
    cuts: Sequence[Item],
) -> dict[str, Any]:
    """The answer of `GET recordings/{id}`: the recording, its jobs, and what they found in it."""
    alarm = item.extras.get("alarm")
    within = (alarm["start_ms"], alarm["end_ms"]) if alarm else None
    document = {
        **recording_summary(item, asset),
        "jobs": [
            {"name": name_of(g.job.id, g.job.number), "status": STATUS[g.job.state]} for g in jobs
        ],
        "results": annotations_from(results, within),
    }
    if cuts:
        document["alarmRecordings"] = [alarm_of(cut) for cut in cuts]
    return document


def _alarm(item: Item) -> dict[str, Any]:
    alarm = item.extras.get("alarm")
    if not alarm:
        return {}
    return {
        "segment": segment_of(alarm["start_ms"], alarm["end_ms"]),
        "alarm": {"feature": alarm["feature"], "found": [word for word in alarm["labels"] if word]},
    }


def _input_uri(asset: Asset | None) -> str:
    if asset is None:
        return ""
    if asset.source is AssetSource.UPLOAD:
        return f"{ASSET}{asset.handle}"
    return asset.location or ""
