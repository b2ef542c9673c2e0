"""What a server's answers hold, as frozen dataclasses; `raw` is the answer as it came."""

from jobmill_client.models.accounts import (
    Collaborator,
    Key,
    Me,
    Organization,
    SignIn,
    Team,
    User,
)
from jobmill_client.models.catalog import Engine, Feature, Pipeline, Worker
from jobmill_client.models.exports import Export, ExportedFile
from jobmill_client.models.files import Asset, Link, Part
from jobmill_client.models.history import (
    Attempt,
    ChunkOf,
    Event,
    LogLine,
    Provenance,
    Result,
    Span,
)
from jobmill_client.models.jobs import (
    ENDED_STATES,
    Failure,
    FeatureProgress,
    Job,
    JobWarning,
    Progress,
    Task,
    Update,
    WaitReason,
)
from jobmill_client.models.outputs import Output, OutputEdit
from jobmill_client.models.reviews import Claim, Review, ReviewAnswer, ReviewChange
from jobmill_client.models.steering import Batch, Bulk, Highlight, Limit, Pool, SearchHit
from jobmill_client.models.watches import TakenFile, Watch
from jobmill_client.models.webhooks import Delivery, DeliveryTry, Endpoint

__all__ = [
    "ENDED_STATES",
    "Asset",
    "Attempt",
    "Batch",
    "Bulk",
    "ChunkOf",
    "Claim",
    "Collaborator",
    "Delivery",
    "DeliveryTry",
    "Endpoint",
    "Engine",
    "Event",
    "Export",
    "ExportedFile",
    "Failure",
    "Feature",
    "FeatureProgress",
    "Highlight",
    "Job",
    "JobWarning",
    "Key",
    "Limit",
    "Link",
    "LogLine",
    "Me",
    "Organization",
    "Output",
    "OutputEdit",
    "Part",
    "Pipeline",
    "Pool",
    "Progress",
    "Provenance",
    "Result",
    "Review",
    "ReviewAnswer",
    "ReviewChange",
    "SearchHit",
    "SignIn",
    "Span",
    "TakenFile",
    "Task",
    "Team",
    "Update",
    "User",
    "WaitReason",
    "Watch",
    "Worker",
]
