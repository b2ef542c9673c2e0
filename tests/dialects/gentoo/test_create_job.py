from datetime import timedelta
from typing import Any

import pytest

from jobmill.core.errors import InvalidInput
from jobmill.core.jobs.service import JobInput, SubmitJob
from jobmill.dialects.gentoo.mapping.context import formats_of, mask_of, read_context
from jobmill.dialects.gentoo.mapping.create_job import input_uri_of, read_job, submit_job_from
from jobmill.dialects.gentoo.schema import FEATURES

OFFERED = frozenset(
    {"AUDIO_FORMAT", "IN_BLACK", "SHOT_CHANGE_DETECTION", "SILENCE", "FREEZE", "LOUDNESS"}
)
SEED = {"inputUri": "/myfiles/movie.mp4", "features": ["AUDIO_FORMAT"], "origin": "example_page"}


def command(**fields: Any) -> SubmitJob:
    body = {key: value for key, value in {**SEED, **fields}.items() if value is not ...}
    return submit_job_from(read_job(body, OFFERED), None)


def refusal(**fields: Any) -> InvalidInput:
    with pytest.raises(InvalidInput) as refused:
        command(**fields)
    assert refused.value.field is not None
    assert refused.value.field in refused.value.message
    return refused.value


def test_the_documented_body_is_a_job_of_its_features() -> None:
    asked = command()

    assert asked.input == JobInput(path="/myfiles/movie.mp4")
    assert asked.features == ("AUDIO_FORMAT",)
    assert (asked.origin, asked.priority, asked.retain_for) == (
        "example_page",
        20,
        timedelta(days=30),
    )
    assert not asked.require_input


def test_the_origin_of_a_job_that_names_none_is_api() -> None:
    assert command(origin=...).origin == "api"


@pytest.mark.parametrize(
    ("uri", "given"),
    [
        ("/myfiles/movie.mp4", JobInput(path="/myfiles/movie.mp4")),
        ("some/file/name.mp4", JobInput(path="some/file/name.mp4")),
        ("file://test.mp4", JobInput(path="file://test.mp4")),
        ("file:///mnt/x//X.mp4", JobInput(path="file:///mnt/x//X.mp4")),
        ("https://media.example/a.mp4", JobInput(url="https://media.example/a.mp4")),
        ("HTTP://media.example/a.mp4", JobInput(url="HTTP://media.example/a.mp4")),
        ("asset://0190-1", JobInput(asset="0190-1")),
    ],
)
def test_every_form_of_an_input_is_understood_and_shown_as_written(
    uri: str, given: JobInput
) -> None:
    assert command(inputUri=uri).input == given
    assert input_uri_of(given.given()) == uri


def test_a_job_needs_features_or_a_workflow_and_not_both() -> None:
    assert "not both" in refusal(workflow="workflow-1").message
    assert "workflow" in refusal(features=...).message
    assert "at least one" in refusal(features=[]).message


@pytest.mark.parametrize(
    ("fields", "field", "hint"),
    [
        ({"features": ["AUDIO_FORMT"]}, "features.0", "AUDIO_FORMAT"),
        ({"features": ["AUDIO_FORMAT", "MACROBLOCKING"]}, "features.1", "not served"),
        ({"features": "AUDIO_FORMAT"}, "features", "list"),
        ({"features": [3]}, "features.0", "AUDIO_FORMAT"),
        ({"inputUri": ...}, "inputUri", "name the file"),
        ({"inputUri": " "}, "inputUri", "characters"),
        ({"inputUri": 7}, "inputUri", "text"),
        ({"inputUri": ..., "inputUrl": "/a.mp4"}, "inputUrl", "inputUri"),
        ({"orgin": "x"}, "orgin", "origin"),
        ({"TTL": 0}, "TTL", "1 to 36500"),
        ({"TTL": 1.5}, "TTL", "whole"),
        ({"TTL": "30"}, "TTL", "whole"),
        ({"TTL": True}, "TTL", "whole"),
        ({"target": 5}, "target", "1 to 4"),
        ({"inputContent": "QUJD"}, "inputContent", "asset://"),
        ({"outputUri": "/tmp/x"}, "outputUri", "Remove"),
        ({"videoContext": []}, "videoContext", "object"),
        ({"videoContext": {"priority": 140}}, "videoContext.priority", "0 to 139"),
        ({"videoContext": {"pri": 1, "priority": 2}}, "videoContext.priority", "twice"),
        ({"videoContext": {"segments": {}}}, "videoContext.segments", "list"),
        (
            {"videoContext": {"segments": [{"startTimeOffset": "2s", "endTimeOffset": "2s"}]}},
            "videoContext.segments.0.endTimeOffset",
            "after",
        ),
        (
            {"videoContext": {"audioFormatConfg": {}}},
            "videoContext.audioFormatConfg",
            "audioFormatConfig",
        ),
        (
            {"videoContext": {"inBlackConfig": {"dely": 1}}},
            "videoContext.inBlackConfig.dely",
            "delay",
        ),
        (
            {"videoContext": {"inBlackConfig": {"enabled": "yes"}}},
            "videoContext.inBlackConfig.enabled",
            "true or false",
        ),
        (
            {
                "videoContext": {
                    "audioFormatConfig": {"alarmSettings": {"allowableAudioFormat": 256}}
                }
            },
            "videoContext.audioFormatConfig.alarmSettings.allowableAudioFormat",
            "0 to 255",
        ),
        (
            {"videoContext": {"inBlackConfig": {"alarmSettings": {"secsInAlarmDuration": -1}}}},
            "videoContext.inBlackConfig.alarmSettings.secsInAlarmDuration",
            "from 0",
        ),
    ],
)
def test_bad_fields_are_named_with_the_fix(fields: dict[str, Any], field: str, hint: str) -> None:
    refused = refusal(**fields)
    assert refused.field == field
    assert hint in refused.message


@pytest.mark.parametrize(
    ("slip", "meant"), [("prioriti", "priority"), ("videoConfg", "videoContext")]
)
def test_a_slip_is_told_the_proper_name_and_not_an_alias_of_it(slip: str, meant: str) -> None:
    assert f"did you mean '{meant}'" in refusal(**{slip: 1}).message


def test_unknown_fields_are_passed_over_as_the_device_would() -> None:
    assert command(customer="acme", comment=None) == command()
    assert command(videoContext={"labelDetectionConfig": {"model": "x"}}) == command()


def test_a_feature_asked_for_twice_runs_once() -> None:
    assert command(features=["IN_BLACK", "AUDIO_FORMAT", "IN_BLACK"]).features == (
        "IN_BLACK",
        "AUDIO_FORMAT",
    )


def test_a_listed_feature_runs_whatever_its_config_says() -> None:
    context = {"audioFormatConfig": {"enabled": False, "compressed_channels": [3]}}
    asked = command(videoContext=context)
    assert asked.features == ("AUDIO_FORMAT",)
    assert asked.params == {"AUDIO_FORMAT": {"compressed_channels": [3]}}


def test_configs_of_features_that_are_not_listed_are_passed_over() -> None:
    assert command(videoContext={"inBlackConfig": {"delay": 2}}).params == {}


def test_every_documented_key_of_a_served_feature_reaches_its_engine() -> None:
    asked = command(
        features=["AUDIO_FORMAT", "IN_BLACK", "SHOT_CHANGE_DETECTION", "SILENCE"],
        videoContext={
            "segments": [{"startTimeOffset": "1.5s", "endTimeOffset": "3s"}, {}],
            "priority": 3,
            "audioFormatConfig": {"enabled": True, "compressed_channels": [1, 2]},
            "inBlackConfig": {"delay": 2.5, "blackValue": 32},
            "shotChangeDetectionConfig": {"enabled": True},
            "silenceConfig": {"min_duration": 4},
        },
    )
    assert asked.priority == 3
    assert asked.params == {
        "AUDIO_FORMAT": {"compressed_channels": [1, 2]},
        "IN_BLACK": {"delay": 2.5, "black_value": 32},
        "SILENCE": {"min_duration": 4},
        "segments": [{"start_ms": 1500.0, "end_ms": 3000.0}, {}],
    }


@pytest.mark.parametrize("body", [{"videoContext": {"pri": 7}}, {"priority": 7}, {"pri": 7}])
def test_the_priority_may_stand_in_several_places(body: dict[str, Any]) -> None:
    assert command(**body).priority == 7


def test_misspelt_names_are_taken_for_what_they_mean() -> None:
    asked = command(
        videoContext=...,
        videoConfig={"audioFormatConfig": {"compressed_channels": [1]}},
        ttl=2,
    )
    assert asked.params == {"AUDIO_FORMAT": {"compressed_channels": [1]}}
    assert asked.retain_for == timedelta(days=2)


def test_an_enabled_alarm_allows_the_formats_of_its_mask() -> None:
    settings = {"enabled": True, "allowableAudioFormat": 32 | 128, "secsInAlarmDuration": 2}
    asked = command(videoContext={"audioFormatConfig": {"alarmSettings": settings}})
    assert asked.params == {
        "alarms": [
            {
                "feature": "AUDIO_FORMAT",
                "allowed": ["stereo", "Stereo Pairs", "silence"],
                "min_duration": 2,
            }
        ]
    }


@pytest.mark.parametrize(
    "settings", [{"allowableAudioFormat": 1}, {"enabled": True, "allowableAudioFormat": 255}]
)
def test_an_alarm_that_is_off_or_allows_all_is_none(settings: dict[str, Any]) -> None:
    assert command(videoContext={"audioFormatConfig": {"alarmSettings": settings}}).params == {}


@pytest.mark.parametrize("mask", range(256))
def test_a_mask_survives_the_way_to_labels_and_back(mask: int) -> None:
    assert mask_of(formats_of(mask)) == mask


def test_target_is_kept_for_the_echo() -> None:
    assert command(target=4).extras == {"gentoo": {"target": 4}}


def test_every_documented_config_is_known_by_name() -> None:
    configs = {feature.config: {"enabled": True} for feature in FEATURES.values()}
    assert set(read_context(configs, OFFERED).configs) == set(FEATURES)
