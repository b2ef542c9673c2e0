"""Recordings and alarms at a real server with real media."""

from typing import Any

import pytest

from jobmill.samples import Sample
from tests.dialects.gentoo.server import Server

STEREO_AND_SILENCE = 32 | 128
ALARM = {"enabled": True, "allowableAudioFormat": STEREO_AND_SILENCE, "secsInAlarmDuration": 2}


def made(server: Server, **fields: Any) -> dict[str, Any]:
    """The response of a job on the movie."""
    body = {"inputUri": "/myfiles/movie.mp4", "features": ["AUDIO_FORMAT"], **fields}
    document = server.ended(server.start(body))
    assert document["status"] == "done", document
    response: dict[str, Any] = document["response"]
    return response


@pytest.fixture(scope="module")
def alarmed(server: Server) -> dict[str, Any]:
    return made(
        server,
        features=["AUDIO_FORMAT", "IN_BLACK"],
        videoContext={
            "audioFormatConfig": {"alarmSettings": ALARM},
            "inBlackConfig": {"delay": 2, "alarmSettings": {"enabled": True}},
        },
    )


def test_a_job_names_a_recording_that_holds_its_results_and_bytes(
    server: Server, movie: Sample
) -> None:
    response = made(server)
    path = f"/recordings/{response['recording']}"

    document = server.call("GET", path).json()
    media = server.call("GET", f"{path}/media")

    assert document["_id"] == response["recording"]
    assert document["inputUri"] == "/myfiles/movie.mp4"
    assert document["results"] == {"audioFormatAnnotations": response["audioFormatAnnotations"]}
    assert [job["status"] for job in document["jobs"]] == ["done"]
    assert media.content == movie.path.read_bytes()
    assert media.headers["content-type"] == "video/mp4"
    assert media.headers["x-content-type-options"] == "nosniff"


def test_a_player_can_ask_for_a_part_of_a_recording(server: Server, movie: Sample) -> None:
    response = made(server)
    path = f"/recordings/{response['recording']}/media"
    size = movie.path.stat().st_size

    part = server.call("GET", path, headers={"range": "bytes=100-199"})
    beyond = server.call("GET", path, headers={"range": f"bytes={size}-"})

    assert (part.status_code, part.headers["content-range"]) == (206, f"bytes 100-199/{size}")
    assert part.content == movie.path.read_bytes()[100:200]
    assert beyond.status_code == 416


def test_recordings_are_listed_newest_first(server: Server) -> None:
    names = [made(server)["recording"] for _ in range(2)]
    listed = server.call("GET", "/recordings?limit=2").json()
    assert [each["_id"] for each in listed] == names[::-1]


def test_an_alarm_makes_a_recording_of_each_stretch_that_violates_it(
    server: Server, alarmed: dict[str, Any], movie: Sample
) -> None:
    wrong = [
        span
        for span in movie.truth.audio_format
        if span.label in ("mono", "left-only", "right-only") and span.end - span.start >= 2
    ]
    first, left, right = wrong
    assert left.end == pytest.approx(right.start)

    found = {alarm["recording"]: alarm for alarm in alarmed["alarmRecordings"]}
    audio = [alarm for alarm in found.values() if alarm["feature"] == "AUDIO_FORMAT"]
    black = [alarm for alarm in found.values() if alarm["feature"] == "IN_BLACK"]

    starts = [float(each["segment"]["startTimeOffset"][:-1]) for each in audio]
    ends = [float(each["segment"]["endTimeOffset"][:-1]) for each in audio]
    assert starts == pytest.approx([first.start, left.start], abs=0.034)
    assert ends == pytest.approx([first.end, right.end], abs=0.034)
    assert [each["segment"] for each in black] == alarmed["blackAnnotations"]
    assert len(alarmed["audioFormatAnnotations"]) == len(movie.truth.audio_format)


def test_an_alarms_recording_says_what_was_wrong_and_where(
    server: Server, alarmed: dict[str, Any], movie: Sample
) -> None:
    alarm = alarmed["alarmRecordings"][1]
    path = f"/recordings/{alarm['recording']}"

    document = server.call("GET", path).json()

    assert document["segment"] == alarm["segment"]
    assert document["alarm"] == {"feature": "AUDIO_FORMAT", "found": ["left-only", "right-only"]}
    formats = document["results"]["audioFormatAnnotations"]
    assert [each["audioFormat"] for each in formats] == ["left-only", "right-only"]
    assert server.call("HEAD", f"{path}/media").headers["content-length"] == str(
        movie.path.stat().st_size
    )


def test_without_an_enabled_alarm_there_are_no_such_recordings(server: Server) -> None:
    off = {"audioFormatConfig": {"alarmSettings": {**ALARM, "enabled": False}}}
    assert "alarmRecordings" not in made(server, videoContext=off)


def test_a_restart_replaces_the_recordings_of_its_alarms(server: Server) -> None:
    context = {"audioFormatConfig": {"alarmSettings": ALARM}}
    body = {"inputUri": "/myfiles/movie.mp4", "features": ["AUDIO_FORMAT"], "videoContext": context}
    name = server.start(body)
    before = server.ended(name)["response"]

    restarted = server.http.post(
        f"/api/v1/jobs/{int(name[8:], 16)}/restart",
        headers={"authorization": f"Bearer {server.key}"},
    )
    assert restarted.status_code < 300, restarted.text
    after = server.ended(name)["response"]

    kept = {each["_id"] for each in server.call("GET", "/recordings").json()}
    assert len(after["alarmRecordings"]) == len(before["alarmRecordings"]) == 2
    assert {each["recording"] for each in after["alarmRecordings"]} <= kept
    assert not {each["recording"] for each in before["alarmRecordings"]} & kept


def test_a_deleted_recording_is_gone_with_its_cuts_and_leaves_the_job(server: Server) -> None:
    context = {"audioFormatConfig": {"alarmSettings": ALARM}}
    body = {"inputUri": "/myfiles/movie.mp4", "features": ["AUDIO_FORMAT"], "videoContext": context}
    name = server.start(body)
    response = server.ended(name)["response"]
    whole, cut = response["recording"], response["alarmRecordings"][0]["recording"]

    assert server.call("DELETE", f"/recordings/{whole}").json() == {}

    for gone in (whole, cut):
        for path in (f"/recordings/{gone}", f"/recordings/{gone}/media"):
            assert server.call("GET", path).status_code == 404
    left = server.ended(name)["response"]
    assert "recording" not in left
    assert left["audioFormatAnnotations"] == response["audioFormatAnnotations"]


def test_an_alarms_recording_can_be_deleted_alone(server: Server, movie: Sample) -> None:
    response = made(server, videoContext={"audioFormatConfig": {"alarmSettings": ALARM}})
    cut = response["alarmRecordings"][0]["recording"]
    assert server.call("DELETE", f"/recordings/{cut}").json() == {}
    whole = server.call("GET", f"/recordings/{response['recording']}")
    assert whole.status_code == 200
    assert len(whole.json()["alarmRecordings"]) == 1
    assert movie.path.exists()


@pytest.mark.parametrize("name", ["x", "7" * 24, "5fd029158c82e7313614426f"])
@pytest.mark.parametrize("path", ["", "/media"])
def test_a_recording_that_is_not_there_is_not_found(server: Server, name: str, path: str) -> None:
    answer = server.call("GET", f"/recordings/{name}{path}")
    assert answer.status_code == 404
    assert name in answer.json()["error"]["message"]


def test_an_uploaded_file_is_an_input_and_a_recording(server: Server, movie: Sample) -> None:
    head = {
        "authorization": f"Bearer {server.key}",
        "x-name": "up.mp4",
        "content-type": "video/mp4",
    }
    upload = server.http.post("/api/v1/assets", content=movie.path.read_bytes(), headers=head)
    uri = f"asset://{upload.json()['id']}"

    response = made(server, inputUri=uri)

    document = server.call("GET", f"/recordings/{response['recording']}").json()
    assert response["inputUri"] == document["inputUri"] == uri
    media = server.call("GET", f"/recordings/{response['recording']}/media")
    assert media.content == movie.path.read_bytes()


def test_segments_narrow_what_is_looked_at(server: Server) -> None:
    segments = [{"startTimeOffset": "8s", "endTimeOffset": "12s"}]
    response = made(server, videoContext={"segments": segments})
    assert response["segment"] == {"startTimeOffset": "8.000000s", "endTimeOffset": "12.000000s"}
    formats = response["audioFormatAnnotations"]
    assert [each["audioFormat"] for each in formats] == ["mono", "stereo"]
    assert formats[0]["startTimeOffset"] == "8.000000s"
    assert formats[-1]["endTimeOffset"] == "12.000000s"


def test_one_feature_that_cannot_be_had_leaves_the_others_their_results(
    server: Server, movie: Sample
) -> None:
    from jobmill.samples import AudioTrack, Sound, make_sample

    make_sample(
        movie.path.with_name("sound.m4a"), (AudioTrack((Sound("stereo", 2.0),)),), container="mp4"
    )
    body = {"inputUri": "/myfiles/sound.m4a", "features": ["AUDIO_FORMAT", "SHOT_CHANGE_DETECTION"]}
    document = server.ended(server.start(body))
    assert document["status"] == "done"
    assert document["response"]["audioFormatAnnotations"]
    assert "shotAnnotations" not in document["response"]
    assert [each["feature"] for each in document["warnings"]] == ["SHOT_CHANGE_DETECTION"]
