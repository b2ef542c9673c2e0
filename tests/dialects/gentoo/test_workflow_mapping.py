import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobmill.core.errors import InvalidInput
from jobmill.core.ids import OrganizationNumber, new_id
from jobmill.core.pipelines import Pipeline, PipelineDefinition
from jobmill.dialects.gentoo.mapping.context import formats_of
from jobmill.dialects.gentoo.mapping.workflows import (
    context_from,
    context_of,
    definition_from,
    read_workflow,
    workflow_from,
)

OFFERED = frozenset({"AUDIO_FORMAT", "IN_BLACK", "SHOT_CHANGE_DETECTION", "FREEZE"})
AT = datetime(2020, 12, 9, tzinfo=UTC)
CONTEXT = {
    "audioFormatConfig": {"compressed_channels": [1]},
    "inBlackConfig": {"enabled": False, "delay": 2},
    "shotChangeConfig": {"enabled": True},
    "priority": 4,
}


def pipeline(definition: PipelineDefinition, extras: dict[str, Any]) -> Pipeline:
    return Pipeline(
        9, new_id(), OrganizationNumber(1), "workflow-1", 1, "", definition, AT, AT, extras
    )


def stored(context: dict[str, Any]) -> Pipeline:
    draft = read_workflow({"name": "workflow-1", "index": 2, "videoContext": context}, OFFERED)
    return pipeline(draft.definition, draft.extras)


def test_features_are_chosen_by_the_presence_of_their_config() -> None:
    definition = definition_from(CONTEXT, OFFERED)
    assert definition.features == ("AUDIO_FORMAT", "SHOT_CHANGE_DETECTION")
    assert definition.params == {"AUDIO_FORMAT": {"compressed_channels": [1]}}


def test_a_workflow_is_shown_as_it_was_written() -> None:
    shown = workflow_from(stored(CONTEXT), OFFERED)
    assert shown is not None
    assert list(shown) == ["index", "_id", "name", "videoContext"]
    assert shown["videoContext"] == CONTEXT
    assert (shown["index"], shown["name"]) == (2, "workflow-1")


def test_the_index_may_stand_inside_the_context_and_is_shown_outside() -> None:
    draft = read_workflow({"name": "w", "videoContext": {**CONTEXT, "index": 5}}, OFFERED)
    assert draft.index == 5
    assert "index" not in draft.context


def test_a_workflow_changed_elsewhere_is_shown_as_it_now_runs() -> None:
    changed = replace(
        stored(CONTEXT), definition=PipelineDefinition(("IN_BLACK",), {"IN_BLACK": {"delay": 1}})
    )
    shown = workflow_from(changed, OFFERED)
    assert shown is not None
    assert shown["videoContext"] == {"inBlackConfig": {"enabled": True, "delay": 1}}
    assert context_of(changed, OFFERED) is None


def test_a_workflow_keeps_its_words_when_an_engine_is_gone() -> None:
    shown = workflow_from(stored(CONTEXT), frozenset({"FREEZE"}))
    assert shown is not None
    assert shown["videoContext"] == CONTEXT


def test_a_graph_is_no_workflow() -> None:
    graph = PipelineDefinition(tasks=({"name": "a", "engine": "noop"},))
    assert workflow_from(pipeline(graph, {}), OFFERED) is None


def test_a_pipeline_made_elsewhere_is_a_workflow_without_index() -> None:
    shown = workflow_from(pipeline(PipelineDefinition(("FREEZE",)), {}), OFFERED)
    assert shown is not None
    assert "index" not in shown
    assert shown["videoContext"] == {"freezeConfig": {"enabled": True}}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"index": 1, "videoContext": CONTEXT}, "name"),
        ({"name": "w", "videoContext": CONTEXT}, "index"),
        ({"name": "w", "index": "1", "videoContext": CONTEXT}, "index"),
        ({"name": "w", "index": 1}, "videoContext"),
        (
            {"name": "w", "index": 1, "videoContext": {"inBlackConfig": {"enabled": False}}},
            "videoContext",
        ),
        (
            {"name": "w", "index": 1, "videoContext": {"faceDetectionConfig": {}}},
            "videoContext.faceDetectionConfig",
        ),
        ({"name": "w", "index": 1, "features": ["IN_BLACK"]}, "features"),
        ([], "body"),
    ],
)
def test_bad_workflows_are_refused_by_field(body: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_workflow(body, OFFERED)
    assert refused.value.field == field
    assert field in refused.value.message


def test_an_edit_keeps_what_it_leaves_out() -> None:
    old = workflow_from(stored(CONTEXT), OFFERED)
    draft = read_workflow({"index": 8}, OFFERED, old)
    assert (draft.name, draft.index, draft.context) == ("workflow-1", 8, CONTEXT)


micros = st.integers(0, 10**9)
segments = st.lists(
    st.tuples(micros, st.integers(1, 10**9)).map(
        lambda pair: {"start_ms": pair[0] / 1000, "end_ms": (pair[0] + pair[1]) / 1000}
    ),
    min_size=1,
    max_size=3,
)


def alarm_of(mask: int) -> dict[str, Any]:
    return {"feature": "AUDIO_FORMAT", "allowed": formats_of(mask), "min_duration": 2}


@st.composite
def definitions(draw: st.DrawFn) -> PipelineDefinition:
    features = draw(st.lists(st.sampled_from(sorted(OFFERED)), min_size=1, unique=True))
    params: dict[str, Any] = {}
    if "IN_BLACK" in features:
        params["IN_BLACK"] = {"delay": draw(st.integers(0, 100))}
    if draw(st.booleans()):
        params["segments"] = draw(segments)
    if "AUDIO_FORMAT" in features and draw(st.booleans()):
        params["alarms"] = [alarm_of(draw(st.integers(0, 254)))]
    return PipelineDefinition(tuple(features), params)


@given(definitions())
def test_a_pipeline_survives_the_way_to_a_context_and_back(definition: PipelineDefinition) -> None:
    written = json.loads(json.dumps(context_from(definition)))
    assert definition_from(written, OFFERED) == definition
