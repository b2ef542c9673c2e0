"""The keys of Edge's answers and what stands under each: facts of its public OpenAPI file.

A shape is a dict of keys, a list of one shape, or a check of a value. Keys may be absent, none may
be null, and other keys are ours: they are named beside the shape.
"""

import json
import re
from datetime import datetime
from typing import Any

STATUSES = {
    "scheduled", "pending", "queued", "running", "complete", "aborted", "failed", "rejected",
    "reprocessing",
}  # fmt: skip
REASONS = {
    "internal_error", "unknown", "connection", "rate_limited", "unauthorized", "api", "resources",
    "not_found", "core_api", "bad_data", "scheduling", "none",
}  # fmt: skip
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def text(value: Any) -> bool:
    return isinstance(value, str)


def whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def flag(value: Any) -> bool:
    return isinstance(value, bool)


def uuid(value: Any) -> bool:
    return text(value) and _UUID.fullmatch(value) is not None


def moment(value: Any) -> bool:
    return datetime.fromisoformat(value).tzinfo is not None


def json_text(value: Any) -> bool:
    json.loads(value)
    return text(value)


def status(value: Any) -> bool:
    return value in STATUSES


def reason(value: Any) -> bool:
    return value in REASONS


def engine_type(value: Any) -> bool:
    return value in {"chunk", "stream", "batch", "any"}


def engine_state(value: Any) -> bool:
    return value in {"active", "paused", "replace"}


def folder_mode(value: Any) -> bool:
    return value in {"stream", "chunk"}


def folder_type(value: Any) -> bool:
    return value in {"input", "output"}


TIMES = {
    "createdDateTime": moment, "modifiedDateTime": moment, "startedDateTime": moment,
    "completedDateTime": moment, "abortedDateTime": moment, "dueDateTime": moment,
}  # fmt: skip
CHUNKS = {
    "chunkCompletedCount": whole, "chunkProducedCount": whole, "chunkRemainingCount": whole,
    "chunkToProcessCount": whole, "errorCount": whole, "retryCount": whole,
}  # fmt: skip
FOLDER = {
    "correlationId": text, "id": uuid, "mode": folder_mode, "type": folder_type,
    "optionsJSON": json_text,
}  # fmt: skip
TASK = {
    **TIMES,
    "internalTaskID": uuid, "internalJobID": uuid, "internalOrganizationID": uuid,
    "coreTaskID": text, "coreJobID": text, "coreRecordingID": whole, "taskStatus": status,
    "engineID": uuid, "engineName": text, "engineCategoryID": uuid, "engineCategoryName": text,
    "engineId": uuid,
    "parentTaskID": uuid, "childTaskIDs": [uuid], "chunkCountInfo": CHUNKS, "ioFolders": [FOLDER],
    "payloadJSON": json_text, "taskPayloadJSON": json_text, "sendOutputToUris": [text],
    "maxRetries": whole, "maxEngines": whole, "currentRetries": whole, "errorCount": whole,
    "parallelProcessing": flag, "parentMustBeCompleteBeforeStarting": flag, "isTemplate": flag,
    "failureReason": reason, "failureDetail": text,
    # Of the body that made it, and ours.
    "correlationTaskId": text, "priority": whole, "maxWaitSecondsForChunk": whole,
    "maxProcessingSecondsPerWorkItem": whole, "numChunksPerWorkItem": whole,
}  # fmt: skip
ROUTE = {
    "endpoint": uuid,
    "taskParentId": text, "taskParentOutputId": text, "taskChildId": text,
    "taskChildInputId": text, "taskParentOutputCount": whole, "taskChildInputCount": whole,
    "taskChildInputRemainingCount": whole,
}  # fmt: skip
JOB = {
    **TIMES,
    "internalJobID": uuid, "internalOrganizationID": uuid, "jobStatus": status, "coreID": text,
    "internalOrganizationId": uuid,
    "coreJobID": text, "coreRecordingId": whole, "coreSourceId": whole, "jobConfigJSON": json_text,
    "currentRetries": whole, "priority": whole, "isTemplate": flag, "sendOutputToUris": [text],
    "tasks": [TASK], "taskRoutes": [ROUTE],
}  # fmt: skip
NEEDED = {"internalOrganizationId": JOB, "engineId": TASK}
"""What an answer of a shape cannot leave out."""
WORK_REQUEST = {
    "workRequestID": uuid, "internalJobID": uuid, "internalTaskID": uuid, "engineID": uuid,
    "engineName": text, "engineInstanceID": uuid, "engineType": engine_type, "status": status,
    "errorCount": whole, "createdDateTime": moment, "modifiedDateTime": moment,
}  # fmt: skip
OUTPUT = {"name": text, "size": whole, "created": whole, "contents": text, "contentsValid": flag}
ENGINE = {
    "engineCategoryID": uuid, "engineID": uuid, "engineName": text, "engineType": engine_type,
    "engineOutputType": engine_type, "engineState": engine_state, "fieldsJSON": json_text,
    "parallelProcessing": flag, "parentCompleteBeforeStart": flag, "validationJSON": json_text,
}  # fmt: skip
CATEGORY = {"engineCategoryID": uuid, "engineCategoryName": text, "engineCategoryType": text}
TASK_ERROR = {
    "taskID": uuid, "engineID": uuid, "engineName": text, "categoryID": uuid,
    "failureReason": reason, "failureDetail": text, "createdDateTime": moment,
    "modifiedDateTime": moment,
    # Ours.
    "internalJobID": uuid,
}  # fmt: skip
USER = {
    "userID": uuid, "userName": text, "displayName": text, "email": text,
    "internalOrganizationID": uuid, "isSuperAdmin": flag, "passwordChangeRequired": flag,
    "status": text, "createdDateTime": moment, "lastLoggedIn": moment,
}  # fmt: skip
ERROR = {"id": text, "description": text, "detail": text, "code": text, "field": text}


def list_of(shape: Any) -> dict[str, Any]:
    """A list as Edge wraps it."""
    more = {"count": whole, "limit": whole, "offset": whole, "success": flag}
    return {"result": [shape], **more}


def check(value: Any, shape: Any, where: str = "answer") -> None:
    """Fail where the value is not of the shape."""
    if isinstance(shape, list):
        assert isinstance(value, list), where
        for i, each in enumerate(value):
            check(each, shape[0], f"{where}[{i}]")
    elif isinstance(shape, dict):
        assert isinstance(value, dict), where
        assert not value.keys() - shape.keys(), (where, value.keys() - shape.keys())
        assert all(key in value for key, of in NEEDED.items() if shape is of), where
        for key, each in value.items():
            check(each, shape[key], f"{where}.{key}")
    else:
        assert shape(value), (where, value)
