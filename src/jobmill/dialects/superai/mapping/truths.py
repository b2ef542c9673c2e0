"""Ground truth in the vendor's words."""

from collections.abc import Mapping
from typing import Any

from jobmill.core.jobs.service import JobInput
from jobmill.core.jobs.service.truths import TruthChanges
from jobmill.core.truths import GroundTruth, TruthKind, TruthState
from jobmill.dialects.superai import schema as vendor
from jobmill.dialects.superai.mapping.reading import object_of, text_of
from jobmill.dialects.superai.mapping.times import stamp_of

STATUS: Mapping[TruthState, str] = {
    TruthState.ACTIVE: vendor.ACTIVE,
    TruthState.DELETED: vendor.DELETED,
}
TYPE: Mapping[TruthKind, str] = {
    TruthKind.OWNER: "OWNER",
    TruthKind.REVIEWER: "REVIEWER",
    TruthKind.ENGINE: "GOLDWORKFLOW",
}


def read_truth(body: Mapping[str, Any]) -> TruthChanges:
    """What a body says of a truth; what it leaves out is None. Raises InvalidInput."""
    given, metadata = body.get("input"), body.get("metadata")
    return TruthChanges(
        input=None if given is None else JobInput(json=object_of(given, "input")),
        label=body.get("label"),
        tag=text_of(body.get("tag"), "tag"),
        metadata=None if metadata is None else object_of(metadata, "metadata"),
    )


def truth_object(truth: GroundTruth, app: str) -> dict[str, Any]:
    """A truth. `app` is the id of its pipeline."""
    given = dict(truth.input)
    return {
        "id": truth.number,
        "created": stamp_of(truth.created_at),
        "modified": stamp_of(truth.updated_at),
        "apiId": app,
        "ownerId": truth.owner,
        "status": STATUS[truth.state],
        "jobId": truth.job,
        "input": given["json"] if set(given) == {"json"} else given,
        "label": truth.label,
        "tag": truth.tag,
        "metadata": dict(truth.metadata) or None,
        "used": truth.used > 0,
        "type": TYPE[truth.kind],
    }
