"""The vendor's words: paths, statuses, field names, roles of contents, defaults. Knows nothing of
ours."""

MOUNT, OLDER_MOUNT = "/v1.1", "/v1"

RUNNING, BLOCKED, COMPLETED, CANCELLED, FAILED = STATUSES = (
    "running",
    "blocked",
    "completed",
    "cancelled",
    "failed",
)

JOB_FIELDS = ("type", "contents", "collaboration", "metadata", "name")
"""Fields of a job that a client writes; every other one goes to the metadata …"""
READ_ONLY = (
    "id",
    "owner",
    "status",
    "progress",
    "input_content",
    "output_content",
    "blocking_step",
    "claimed_by",
    "error",
    "created_at",
    "updated_at",
)
"""… but for these, which a client that sends a job back as it read it may send, in vain."""

INPUT, OUTPUT = "input", "output"
TAXONOMY_ROLE = "{step}-taxonomy-json"
EVERY_STEP = "*"

ZONING, MAPPING, INDEXING = "zoning", "mapping", "indexing"

TAXONOMY = "{step}.taxonomy"
THRESHOLD = "{step}.high_confidence_threshold"
OCR = "text-extraction.ocr"
IMAGE_HEIGHT = "zoning.high_resolution_image_height"
DEFAULT_THRESHOLD = 1
DEFAULT_IMAGE_HEIGHT = 1024
IMAGE_HEIGHTS = (64, 8192)

LIVE, TEST = "live", "test"
KEY_FORM = "user-{kind}-{uuid}"

PASSWORD_METHOD = "password"  # noqa: S105  the name of a way to sign in
"""What `authentication_method` may say."""
