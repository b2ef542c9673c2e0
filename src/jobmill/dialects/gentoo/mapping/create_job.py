"""From the body of `POST jobs` to the core's request."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from jobmill.core.errors import InvalidInput
from jobmill.core.jobs.model import DEFAULT_PRIORITY
from jobmill.core.jobs.service import JobInput, SubmitJob
from jobmill.dialects.gentoo.mapping.context import VideoContext, read_context, read_priority
from jobmill.dialects.gentoo.mapping.features import read_features
from jobmill.dialects.gentoo.mapping.reading import object_of, read_fields, text_of, whole_of
from jobmill.dialects.gentoo.schema import (
    DEFAULT_ORIGIN,
    DEFAULT_TTL_DAYS,
    JOB_ALIASES,
    JOB_FIELDS,
    MAX_TTL_DAYS,
    TARGETS,
)

EXTRAS = "gentoo"
ASSET = "asset://"
_WEB = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CreateJob:
    """The body, read: exactly one of `features` and `workflow` is set."""

    input: JobInput
    features: tuple[str, ...]
    workflow: str | None
    context: VideoContext
    origin: str
    ttl: int
    target: int | None
    priority: int | None


def read_job(body: Any, offered: Collection[str]) -> CreateJob:
    """Read a body; `offered` are the features of installed engines. Raises InvalidInput."""
    fields = read_fields(object_of(body, "body"), JOB_FIELDS, JOB_ALIASES, "")
    _refuse_unserved(fields)
    _check_choice(fields)
    context = read_context(fields.get("videoContext"), offered)
    return CreateJob(
        input=_input(fields.get("inputUri")),
        features=read_features(fields["features"], offered) if "features" in fields else (),
        workflow=text_of(fields["workflow"], "workflow") if "workflow" in fields else None,
        context=context,
        origin=text_of(fields.get("origin", DEFAULT_ORIGIN), "origin"),
        ttl=whole_of(fields.get("TTL", DEFAULT_TTL_DAYS), range(1, MAX_TTL_DAYS + 1), "TTL"),
        target=whole_of(fields["target"], TARGETS, "target") if "target" in fields else None,
        priority=read_priority(fields, "body") if context.priority is None else context.priority,
    )


def submit_job_from(job: CreateJob, workflow: VideoContext | None) -> SubmitJob:
    """The core's request; `workflow` is the videoContext that a named workflow was made with."""
    priority = job.priority
    if priority is None and workflow is not None:
        priority = workflow.priority
    wanted = job.features or job.context.selected
    return SubmitJob(
        input=job.input,
        features=job.features,
        pipeline=job.workflow,
        params=job.context.params(wanted),
        origin=job.origin,
        priority=DEFAULT_PRIORITY if priority is None else priority,
        retain_for=timedelta(days=job.ttl),
        extras={EXTRAS: {} if job.target is None else {"target": job.target}},
        # The vendor's queue takes a file on trust: a missing one fails the job, not the call.
        require_input=False,
    )


def _check_choice(fields: Mapping[str, Any]) -> None:
    both = "features" in fields and "workflow" in fields
    if both:
        raise InvalidInput(
            "workflow: give either features or workflow, not both: a workflow brings its own "
            "features. Remove one of the two.",
            field="workflow",
        )
    if "features" not in fields and "workflow" not in fields:
        raise InvalidInput(
            'features: give a list of features, such as "features": ["AUDIO_FORMAT"], or the '
            "name of a workflow.",
            field="features",
        )


def _refuse_unserved(fields: Mapping[str, Any]) -> None:
    if "inputContent" in fields:
        raise InvalidInput(
            "inputContent: bytes inside the request are not taken. Put the file under a media "
            "root and name it in inputUri, or upload it to POST /api/v1/assets and write "
            '"inputUri": "asset://<id>".',
            field="inputContent",
        )
    if "outputUri" in fields:
        raise InvalidInput(
            "outputUri: no file is written on the server. Remove it and read the response of "
            "GET /api/ai/jobs/<name>.",
            field="outputUri",
        )


def _input(value: Any) -> JobInput:
    if value is None:
        raise InvalidInput(
            'inputUri: name the file, such as "/myfiles/movie.mp4". (Live sources are not served.)',
            field="inputUri",
        )
    uri = text_of(value, "inputUri")
    if _WEB.match(uri):
        return JobInput(url=uri)
    if uri.startswith(ASSET):
        return JobInput(asset=uri.removeprefix(ASSET))
    return JobInput(path=uri)


def input_uri_of(given: Mapping[str, Any]) -> str:
    """The inputUri of a job's input as the core keeps it; empty for one that is no file."""
    if "asset" in given:
        return f"{ASSET}{given['asset']}"
    return str(given.get("path") or given.get("url") or "")
