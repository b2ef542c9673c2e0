"""The vendor's words: paths, statuses, field names, limits. Knows nothing of ours."""

MOUNT, HOME = "/superai/v1", "/v1"
"""Here, and at the vendor's own host."""

SCHEDULED, IN_PROGRESS, FAILED, SUSPENDED, CANCELED, EXPIRED, COMPLETED = STATUSES = (
    "SCHEDULED",
    "IN_PROGRESS",
    "FAILED",
    "SUSPENDED",
    "CANCELED",
    "EXPIRED",
    "COMPLETED",
)

DEFAULT, ONBOARDING, CALIBRATION = JOB_TYPES = ("DEFAULT", "ONBOARDING", "CALIBRATION")

MACHINES = frozenset({"bots", "ai"})
"""Labelers that are no people; all of them:"""
LABELERS = MACHINES | {"owner", "me", "crowd", "collaborators", "idempotent"}

SORTS = ("id", "created", "completed")
ORDERS = ("asc", "desc")
APP_SORTS = ("created", "name")
ENABLED, DISABLED = APP_STATUSES = ("ENABLED", "DISABLED")
ACTIVE, DELETED = "ACTIVE", "DELETED"

PAGE_SIZE, MOST_ON_A_PAGE = 10, 1000
BODY_CAP = 4 * 2**20
"""Of one request, as the vendor's pages say; files may be larger."""
DEFAULT_FOLDER = "default"
USUAL_TTL, LONGEST_TTL = 600, 7 * 24 * 3600
DOWNLOAD_TTL = 60

RESOLVED, EDITED, ACCEPTED, DECLINED = "RESOLVED", "EDITED", "ACCEPTED", "DECLINED"
TAG_ADDED, TAG_REMOVED = "TAG ADDED", "TAG REMOVED"
ACTIONS = (RESOLVED, EDITED, ACCEPTED, DECLINED, TAG_ADDED, TAG_REMOVED)
BATCH_COMPLETED, BATCH_FAILED, BATCH_PARTIAL = ("COMPLETED", "FAILED", "PARTIAL_FAILURE")
SIGNATURE = "X-SuperAI-Webhook-Signature"

CREATE_FIELDS = (
    "inputs",
    "inputsFileUrl",
    "callbackUrl",
    "metadata",
    "labeler",
    "pending",
    "tags",
    "strict",
    "key",
)
