"""The fields of a `process` request, by the names that the toolkit contract gives them. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from jobmill.core.engines import EngineCall, EngineInput
from jobmill.core.jobs.service.grants import OpenGrant

EMPTY = (
    "libraryId",
    "libraryEngineModelId",
    "libraryModelDirectory",
    "taskTmpDir",
    "engineDir",
    "externalCallbackWebhook",
    "controllerToken",
    "redisETUrl",
)
"""What the contract has and we have not: a service that reads them finds nothing."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the service finds bytes, and tells of its work; all carry the attempt's token."""

    base: str
    attempt: str
    secret: str

    def file(self, number: int) -> str:
        """The bytes of a file."""
        return f"{self._attempt()}/input/{number}?token={quote(self.secret)}"

    def webhook(self, kind: str, call: int) -> str:
        """Where heartbeats or results of one request go."""
        return f"{self._attempt()}/{kind}?token={quote(self.secret)}&call={call}"

    def _attempt(self) -> str:
        return f"{self.base}/api/v1/attempts/{self.attempt}"


def process_fields(
    call: EngineCall,
    file: EngineInput,
    place: int,
    number: int,
    opened: OpenGrant,
    base: str,
    seconds: float,
) -> dict[str, str]:
    """Every field but the file: `place` is the file's among the granted ones, `number` that of
    the request, `seconds` how long the work may take."""
    grant, meta = opened.grant, file.meta
    addresses = Addresses(base, grant.attempt, opened.secret)
    return {
        "chunkMimeType": file.media_type,
        "startOffsetMS": _whole(meta.get("start_ms")),
        "endOffsetMS": _whole(meta.get("end_ms")),
        "width": _whole(meta.get("width")),
        "height": _whole(meta.get("height")),
        "cacheURI": addresses.file(place),
        "payload": json.dumps(_payload(call), ensure_ascii=False, separators=(",", ":")),
        "chunkContext": f"{grant.attempt}.{number}",
        "token": opened.secret,
        "veritoneApiBaseUrl": base,
        "internalJobId": grant.job,
        "internalTaskId": grant.task,
        "inputFolderID": file.port,
        "heartbeatWebhook": addresses.webhook("heartbeat", number),
        "resultWebhook": addresses.webhook("result", number),
        "maxTTL": str(max(1, int(seconds))),
        **dict.fromkeys(EMPTY, ""),
        **{f"chunk-metadata-{name}": _text(value) for name, value in meta.items()},
    }


def _payload(call: EngineCall) -> Mapping[str, Any]:
    if call.features and "features" not in call.parameters:
        return {**call.parameters, "features": list(call.features)}
    return call.parameters


def _whole(value: Any) -> str:
    return str(round(value)) if isinstance(value, int | float) else "0"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
