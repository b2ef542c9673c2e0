"""Between the vendor's workflows and the core's pipelines, both ways.

A workflow is an ordinary pipeline; its index and its videoContext as it was written stand in
`extras["gentoo"]` for the echo, which is used only while the pipeline still says the same.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from jobmill.core.errors import InvalidInput
from jobmill.core.pipelines import Pipeline, PipelineDefinition
from jobmill.dialects.gentoo.mapping.annotations import segment_of
from jobmill.dialects.gentoo.mapping.context import (
    CONTEXT,
    VideoContext,
    mask_of,
    read_context,
)
from jobmill.dialects.gentoo.mapping.create_job import EXTRAS
from jobmill.dialects.gentoo.mapping.features import feature_named, require_served
from jobmill.dialects.gentoo.mapping.names import name_of
from jobmill.dialects.gentoo.mapping.reading import object_of, read_fields, text_of, whole_of
from jobmill.dialects.gentoo.mapping.times import offset_of
from jobmill.dialects.gentoo.schema import JOB_ALIASES, WORKFLOW_FIELDS

INDEXES = range(2**53)


@dataclass(frozen=True, slots=True)
class WorkflowDraft:
    """A workflow to be stored: `context` is the videoContext as it was written."""

    name: str
    index: int
    context: Mapping[str, Any]
    definition: PipelineDefinition

    @property
    def extras(self) -> dict[str, Any]:
        """What the core keeps for us."""
        return {EXTRAS: {"index": self.index, CONTEXT: self.context}}


def read_workflow(
    body: Any, offered: Collection[str], old: Mapping[str, Any] | None = None
) -> WorkflowDraft:
    """Read a body; what it leaves out is taken from the `old` document. Raises InvalidInput."""
    given = object_of(body, "body")
    if "features" in given:
        raise InvalidInput(
            f"features: a workflow's features are those whose config stands in {CONTEXT}, such as "
            '{"audioFormatConfig": {"enabled": true}}. Remove features.',
            field="features",
        )
    fields = {**(old or {}), **read_fields(given, WORKFLOW_FIELDS, JOB_ALIASES, "")}
    context = dict(object_of(fields.get(CONTEXT), CONTEXT))
    inside = context.pop("index", None)
    index = given.get("index") if given.get("index") is not None else inside
    index = fields.get("index") if index is None else index
    for name, value in (("name", fields.get("name")), ("index", index)):
        if value is None:
            kind = "a whole number" if name == "index" else "a name"
            raise InvalidInput(f"{name}: give {kind} that no other workflow has.", field=name)
    return WorkflowDraft(
        name=text_of(fields["name"], "name"),
        index=whole_of(index, INDEXES, "index"),
        context=context,
        definition=definition_from(context, offered),
    )


def definition_from(context: Mapping[str, Any], offered: Collection[str]) -> PipelineDefinition:
    """The pipeline that a videoContext describes. Raises InvalidInput, UnknownFeature."""
    read = read_context(context, offered)
    features = read.selected
    if not features:
        raise InvalidInput(
            f"{CONTEXT}: give the config of at least one feature, such as "
            '{"audioFormatConfig": {"enabled": true}}.',
            field=CONTEXT,
        )
    for name in features:
        require_served(name, offered, f"{CONTEXT}.{feature_named(name).config}")
    return PipelineDefinition(features=features, params=read.params(features))


def workflow_from(pipeline: Pipeline, offered: Collection[str]) -> dict[str, Any] | None:
    """A pipeline as a workflow; None when it is a graph, which no workflow can say."""
    if not pipeline.definition.features:
        return None
    kept = pipeline.extras.get(EXTRAS, {})
    return {
        **({"index": kept["index"]} if "index" in kept else {}),
        "_id": name_of(pipeline.id, pipeline.number),
        "name": pipeline.name,
        CONTEXT: written_context(pipeline, offered) or context_from(pipeline.definition),
    }


def written_context(pipeline: Pipeline, offered: Collection[str]) -> Mapping[str, Any] | None:
    """The videoContext as it was written; None when the pipeline has been changed elsewhere."""
    written: Mapping[str, Any] | None = pipeline.extras.get(EXTRAS, {}).get(CONTEXT)
    if written is None:
        return None
    try:
        same = definition_from(written, offered) == pipeline.definition
    except InvalidInput:  # written when other engines were installed
        return written
    return written if same else None


def context_of(pipeline: Pipeline, offered: Collection[str]) -> VideoContext | None:
    """What the workflow's own videoContext says beyond the pipeline: its priority."""
    written = written_context(pipeline, offered)
    return None if written is None else read_context(written, offered)


def context_from(definition: PipelineDefinition) -> dict[str, Any]:
    """A videoContext that says what a pipeline of features does."""
    alarms = {each["feature"]: each for each in definition.params.get("alarms", ())}
    context: dict[str, Any] = {}
    for name in definition.features:
        config = {"enabled": True, **definition.params.get(name, {})}
        if name in alarms:
            config["alarmSettings"] = _settings(name, alarms[name])
        context[feature_named(name).config] = config
    if segments := definition.params.get("segments"):
        context["segments"] = [_segment(each) for each in segments]
    return context


def _settings(feature: str, alarm: Mapping[str, Any]) -> dict[str, Any]:
    settings = {"enabled": True, "secsInAlarmDuration": alarm.get("min_duration", 0)}
    if feature == "AUDIO_FORMAT":
        settings["allowableAudioFormat"] = mask_of(alarm.get("allowed", ()))
    return settings


def _segment(segment: Mapping[str, float]) -> dict[str, str]:
    if "end_ms" not in segment:
        return {"startTimeOffset": offset_of(segment.get("start_ms", 0))}
    return segment_of(segment.get("start_ms", 0), segment["end_ms"])
