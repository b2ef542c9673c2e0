"""Edge's own words, facts of its public OpenAPI file (version 3.15.1). Imports nothing of ours."""

MOUNT = "/edge/v1"
VERSION = "3.15.1"
CORRELATION = "X-Correlation-Id"
AIWARE_VERSION = "X-Aiware-Version"
API_KEY = "api_key"

STATUSES = (
    "scheduled",
    "pending",
    "queued",
    "running",
    "complete",
    "aborted",
    "failed",
    "rejected",
    "reprocessing",
)
FAILURE_REASONS = (
    "internal_error",
    "unknown",
    "connection",
    "rate_limited",
    "unauthorized",
    "api",
    "resources",
    "not_found",
    "core_api",
    "bad_data",
    "scheduling",
    "none",
)
ENGINE_TYPES = ("chunk", "stream", "batch", "any")
ENGINE_STATES = ("active", "paused", "replace")
FOLDER_MODES = ("stream", "chunk")
FOLDER_TYPES = ("input", "output")
ORDERS = ("createdDateTime", "modifiedDateTime")
DIRECTIONS = ("ASC", "DESC")
USUAL_LIMIT = 10

# What of a job is kept as it was written and shown again, with the type that it must have.
JOB_TEXTS = ("coreID", "coreJobID", "jobConfigJSON", "internalOrganizationID")
JOB_NUMBERS = ("coreRecordingID", "coreSourceID", "currentRetries")
# The same of a task.
TASK_TEXTS = ("correlationTaskId", "coreTaskId", "payloadJSON", "taskPayloadJSON")
TASK_NUMBERS = (
    "maxWaitSecondsForChunk",
    "maxProcessingSecondsPerWorkItem",
    "numChunksPerWorkItem",
)
