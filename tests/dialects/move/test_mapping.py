"""The pure parts: ids, states, outputs, options, comments, pages, metadata, secrets, errors."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLError, build_schema, parse
from hypothesis import given
from hypothesis import strategies as st

from jobmill.core import errors as core
from jobmill.core.ids import new_id
from jobmill.core.jobs.states import JobState, TaskState
from jobmill.core.webhooks.filters import checked_patterns
from jobmill.dialects.move.errors import STATUS, TYPES, error_body, type_of
from jobmill.dialects.move.mapping import create_job, ids, outputs, states, webhooks
from jobmill.dialects.move.mapping.comments import without_slashes
from jobmill.dialects.move.mapping.files import naming_from
from jobmill.dialects.move.mapping.metadata import fits, metadata_of, replacing
from jobmill.dialects.move.mapping.pages import after_page, page_from
from jobmill.dialects.move.mapping.secrets import check_stored, stored_secret
from jobmill.dialects.move.scalars import LONGEST, SCALARS
from jobmill.dialects.move.service import SDL
from jobmill_engine.manifest import load_manifest
from tests.core.graphs import graph as graph_of
from tests.core.graphs import task as task_of

SCHEMA = build_schema(SDL.read_text(encoding="utf-8"))
MOTION = Path(create_job.__file__).parents[4] / "jobmill_engines" / "motion" / "engine.toml"
ENGINE = load_manifest(MOTION)


def values(name: str) -> set[str]:
    found = SCHEMA.type_map[name]
    assert isinstance(found, GraphQLEnumType)
    return set(found.values)


def errors_below(family: type[core.JobmillError]) -> set[type[core.JobmillError]]:
    below = {each for child in family.__subclasses__() for each in errors_below(child)}
    return {family} | below


@pytest.mark.parametrize("kind", [ids.JOB, ids.TAKE, ids.FILE, ids.VOLUME, ids.CLIENT])
def test_an_id_is_a_word_and_the_rows_own(kind: str) -> None:
    own = new_id()
    assert ids.uuid_from(kind, ids.id_of(kind, own)) == own
    assert ids.uuid_from(kind, own.upper()) == own
    assert ids.uuid_from(kind, f"other-{own}") is None
    assert ids.uuid_from(kind, f"{kind}-{own}0") is None


def test_every_state_has_one_of_the_five_words() -> None:
    assert states.STATES.keys() == set(JobState)
    words = {"NOT_STARTED", "STARTED", "RUNNING", "FINISHED", "FAILED"}
    assert set(states.STATES.values()) == words


def test_a_job_is_started_before_its_engine_has_begun() -> None:
    graph = graph_of(task_of("a"))
    (task,) = graph.tasks
    running = replace(graph, job=replace(graph.job, state=JobState.RUNNING))
    words = {
        state: states.state_of(replace(running, tasks=(replace(task, state=state),)))
        for state in (TaskState.READY, TaskState.STARTING, TaskState.RUNNING)
    }
    assert words == {
        TaskState.READY: "STARTED",
        TaskState.STARTING: "STARTED",
        TaskState.RUNNING: "RUNNING",
    }


def test_every_type_of_output_is_known_and_made_or_refused_by_name() -> None:
    assert outputs.ENGINE_OUTPUT.keys() == values("OutputType")
    for word, output in outputs.ENGINE_OUTPUT.items():
        if output in outputs.MADE:
            assert outputs.engine_outputs([word], bundled=True) == [output]
            continue
        with pytest.raises(core.InvalidInput, match=word):
            outputs.engine_outputs([word], bundled=True)


def test_what_is_made_is_what_the_engine_has_ports_for() -> None:
    roles = {port.name: port.role for port in ENGINE.ports if port.role}
    assert {name: made.role for name, made in outputs.MADE.items()} == roles


def test_the_defaults_can_be_made() -> None:
    made = outputs.engine_outputs(outputs.wanted_from([]), bundled=True)
    assert set(made) == {"fbx", "glb", "bvh", "usdz", "motion_data", "overlay_video"}


def test_every_option_is_a_parameter_of_the_engine_or_refused() -> None:
    options = SCHEMA.type_map["OptionsInput"].fields  # type: ignore[attr-defined]
    assert create_job.PARAMETERS.keys() == options.keys()
    known = ENGINE.parameters["properties"]
    for option, parameter in create_job.PARAMETERS.items():
        assert parameter in known or option in create_job.NOT_DONE


def test_nothing_is_passed_on_that_nobody_asked_for() -> None:
    asked = create_job.asked_single({"options": {"trackBall": False, "floorPlane": None}},
                                    bundled=True)  # fmt: skip
    assert asked.params.keys() == {"outputs"}


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"trackFingers": True}, "trackFingers"),
        ({"trackBall": True}, "trackBall"),
        ({"trackJerseyNumbers": True}, "trackJerseyNumbers"),
        ({"mocapModel": "M1"}, "M1"),
    ],
)
def test_what_no_model_does_is_refused_by_name(options: dict[str, Any], named: str) -> None:
    with pytest.raises(core.InvalidInput, match=named):
        create_job.asked_single({"options": options}, bundled=True)
    create_job.asked_single({"options": options}, bundled=False)


def test_a_window_is_told_in_seconds_and_asked_in_milliseconds() -> None:
    asked = create_job.asked_single(
        {"clipWindow": {"startTime": 0.5, "endTime": 2}, "options": {"mocapModel": "S2"}},
        bundled=True,
    )
    assert (asked.params["start_ms"], asked.params["end_ms"]) == (500, 2000)
    assert asked.params["mocap_model"] == "S2"
    shown = create_job.inputs_of(asked.kept, asked.params)
    assert shown["clipWindow"] == {"startTime": 0.5, "endTime": 2.0}
    elsewhere = create_job.inputs_of({}, asked.params)
    assert elsewhere["options"] == {"mocapModel": "S2"}
    assert elsewhere["clipWindow"] == {"startTime": 0.5, "endTime": 2.0}
    with pytest.raises(core.InvalidInput, match="clipWindow"):
        create_job.asked_single({"clipWindow": {"startTime": 2, "endTime": 2}}, bundled=True)


def test_slashes_begin_comments_but_in_texts() -> None:
    text = '{ a(b: "http://x//y") # c // d\n e(f: """g // "h" """) // (1)\n }'
    mended = without_slashes(text)
    parse(mended)
    assert '"http://x//y"' in mended
    assert '"""g // "h" """' in mended
    assert len(mended) <= len(text)


@given(st.text(alphabet='"\\/#\n a{}'))
def test_no_text_without_slashes_is_changed(text: str) -> None:
    if "//" not in text:
        assert without_slashes(text) == text


def test_pages_go_on_behind_what_was_shown_of_one_moment() -> None:
    first = datetime(2026, 1, 5, tzinfo=UTC)
    rows = [first, first, first, first + timedelta(seconds=1)]
    asked = page_from(1, None, "ASC")
    seen = []
    for _ in rows:
        begin = asked.seen if asked.since is None else rows.index(asked.since) + asked.seen
        found = rows[begin : begin + asked.size + 1]
        seen.append(begin)
        after = after_page(asked, found)
        asked = page_from(1, json.loads(json.dumps(after)), "ASC") if after else asked
    assert seen == [0, 1, 2, 3]


@pytest.mark.parametrize(
    "after", [{"x": 1}, "word", [1], {"created": "2026", "seen": 1},
              {"created": "2026-01-01T00:00:00+00:00", "seen": 0}],
)  # fmt: skip
def test_a_page_from_nowhere_is_refused(after: Any) -> None:
    with pytest.raises(core.InvalidInput, match="after"):
        page_from(10, after, None)


def test_metadata_is_the_jobs_own_where_it_fits() -> None:
    assert fits({"a": [1, {"b": None}]})
    for raw in ([1], "text", 7, {"a": None}, {"a:b": 1}, {"": 1}):
        assert not fits(raw)
        assert metadata_of({}, {"metadata": raw}) == raw
    assert metadata_of({"a": 1}, {}) == {"a": 1}
    assert replacing({"a": 1, "b": 2}, {"b": 3}) == {"a": None, "b": 3}
    assert replacing({"a": 1}, [1]) == {"a": None}


@pytest.mark.parametrize("secret", ["your-secret", "whsec_????", "ü", "whsec_" + "QUJD" * 8])
def test_any_secret_can_sign(secret: str) -> None:
    check_stored(stored_secret(secret))


@pytest.mark.parametrize("kind", ["mp4", ".MP4", " mov "])
def test_a_file_is_named_by_its_type(kind: str) -> None:
    naming = naming_from(kind, None, {})
    assert naming.media_type.startswith("video/")
    assert naming.extras == {"move": {"type": kind.strip(), "name": "", "metadata": {}}}


@pytest.mark.parametrize("kind", ["", "..", "a/b", "x" * 40])
def test_what_is_no_suffix_is_no_type(kind: str) -> None:
    with pytest.raises(core.InvalidInput, match="type"):
        naming_from(kind, None, {})


def test_events_of_the_vendor_are_events_of_ours() -> None:
    for ours in webhooks.EVENTS.values():
        assert checked_patterns(ours, "events") == ours
    assert webhooks.known_events(None) == list(webhooks.USUAL)
    assert webhooks.known_events(["ugc.job.operation.completed"]) == [webhooks.COMPLETED]
    assert webhooks.event_name([webhooks.FAILED], "job.expired") == webhooks.FAILED
    assert webhooks.event_name(["job.state.completed"], "job.completed") == "job.state.completed"
    both = ["job.state.completed", webhooks.COMPLETED]
    assert webhooks.event_name(both, "job.completed") == webhooks.COMPLETED
    with pytest.raises(core.InvalidInput, match=r"job\.nothing"):
        webhooks.known_events(["job.nothing"])


def test_every_error_has_a_type_with_a_status() -> None:
    assert set(TYPES.values()) == STATUS.keys()
    for error in errors_below(core.JobmillError):
        assert type_of(error) in STATUS
    found = error_body(core.JobNotFound("There is no job 7."), ["getJob"], [{"line": 1}])
    assert found["errorType"] == "MoveNotFoundError"
    assert found["errorInfo"]["detail"] == "There is no job 7."
    assert found["locations"] == [{"line": 1, "sourceName": None}]
    assert set(core.JobmillError.__subclasses__()) <= TYPES.keys()


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1e400}',
        '{"a": [-1e999]}',
        r'{"a": "\ud800"}',
        r'{"\udc00": 1}',
        "NaN",
        "[" + "1," * (LONGEST // 2 - 2) + "1]",
    ],
    ids=["infinite", "minus_infinite", "half_a_pair", "half_a_pair_named", "nan", "longer_written"],
)
def test_no_json_is_let_in_that_could_not_go_out(text: str) -> None:
    assert len(text) <= LONGEST
    with pytest.raises(GraphQLError, match="AWSJSON"):
        SCALARS["AWSJSON"].read(text)


def test_json_that_was_kept_goes_out_however_long_it_is() -> None:
    assert len(SCALARS["AWSJSON"].write(["x" * LONGEST])) > LONGEST


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False,
       allow_infinity=False) | st.text(), lambda inner: st.lists(inner) | st.dictionaries(
       st.text(), inner), max_leaves=10))  # fmt: skip
def test_json_comes_back_as_it_was_sent(value: Any) -> None:
    json_of = SCALARS["AWSJSON"]
    assert json_of.read(json_of.write(value)) == value
