"""What the core refuses of a job, said by the names that the vendor's input has for it."""

import re
from collections.abc import Mapping

from jobmill.core.errors import JobmillError
from jobmill.dialects.aiware.mapping.catalogue import catalogue
from jobmill.dialects.aiware.mapping.create_job import AskedJob

_PARAMETER = re.compile(r"tasks\.(\d+)\.(?:params|feature_params)\.([^.\s]+)(\S*)")
_TASK = re.compile(r"tasks\.(\d+)(?:\.(\S+))?")
# What a task reads is named in its payload; so is what it is to look for.
_KEYS: Mapping[str, str] = {
    "features": "payload.features",
    "input": "payload.url",
    "input.url": "payload.url",
    "input.asset": "payload.assetId",
}


def in_input_words(error: JobmillError, asked: AskedJob) -> JobmillError:
    """The same error, its field named as the input of `createJob` names it."""
    if error.field is None or error.field.startswith("input.tasks"):
        return error
    return _of_field(error, error.field, _named(error.field, asked))


def at_root(error: JobmillError, asked: AskedJob) -> JobmillError:
    """The same error; of what a job reads, its field is that of the root task which names it."""
    if error.field not in ("input", "input.url", "input.asset", "payload.url"):
        return error
    return _of_field(error, error.field, _named(error.field, asked).removeprefix("input."))


def _of_field(error: JobmillError, before: str, field: str) -> JobmillError:
    message = error.message
    if message.startswith(f"{before}:"):
        message = field + message[len(before) :]
    return type(error)(message, field=field, **error.details)


def _named(field: str, asked: AskedJob) -> str:
    if field == "pool":
        return "input.clusterId"
    if match := _PARAMETER.fullmatch(field):
        task = int(match[1])
        return f"input.tasks[{task}].payload.{_payload_key(asked, task, match[2])}{match[3]}"
    if match := _TASK.fullmatch(field):
        word = _KEYS.get(match[2] or "", match[2] or "")
        return f"input.tasks[{match[1]}]" + (f".{word}" if word else "")
    if field in _KEYS or field == "payload.url":
        key = _KEYS.get(field, field)
        return f"input.tasks[{_root(asked, key.partition('.')[2])}].{key}"
    return field if field.startswith("input.") else f"input.{field}"


def _payload_key(asked: AskedJob, task: int, name: str) -> str:
    """The key of the payload that became this parameter; the parameter itself if none did."""
    known = catalogue().by_engine.get(asked.tasks[task].manifest.id)
    theirs = [key for key, ours in (known.payload if known else {}).items() if ours == name]
    payload = asked.tasks[task].payload
    return next((key for key in theirs if _has(payload, key)), name)


def _has(payload: Mapping[str, object], key: str) -> bool:
    inner = [each for each in payload.values() if isinstance(each, Mapping)]
    return key in payload or any(key in each for each in inner)


def _root(asked: AskedJob, key: str) -> int:
    """The first root task that names what was refused; the first root if none does."""
    places = [i for i, each in enumerate(asked.tasks) if each in asked.roots]
    naming = [place for place in places if key in asked.tasks[place].payload]
    return (naming or places or [0])[0]
