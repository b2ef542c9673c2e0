"""The engine on films of all kinds, with a network that sees the same each time."""

import io
import json
import zipfile
from pathlib import Path

import av
import numpy as np
import pytest

from jobmill_engine import InputRejected, ModelMissing, TaskCancelled
from jobmill_engine.protocol import Progress
from jobmill_engine.testing import run_engine
from jobmill_engines.motion.engine import MotionEngine
from tests.engines.media.made import Ran
from tests.engines.media.made import run as run_task
from tests.engines.motion.made import Statue, engine_with, film, joints_of, lying, run, spans

FOLDER = Path(__file__).parents[3] / "src/jobmill_engines/motion"
QUICK = ["motion_data"]


@pytest.fixture(autouse=True)
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model's folder, for the network that needs none."""
    (tmp_path / "mine" / "blazepose").mkdir(parents=True)
    monkeypatch.setenv("JOBMILL_MODELS", str(tmp_path / "mine"))


def opened(ran: Ran) -> zipfile.ZipFile:
    (part,) = ran.of("motion_data")
    return zipfile.ZipFile(io.BytesIO(part.data))


def refused(path: Path, workdir: Path, nets: Statue | None = None, **parameters: object) -> str:
    with pytest.raises(InputRejected) as refusal:
        run(path, workdir, nets, **parameters)
    return f"{refusal.value.code}: {refusal.value}"


def test_one_film_gives_all_files_and_a_description(tmp_path: Path) -> None:
    ran = run(film(tmp_path / "a.mp4", sound=True), tmp_path / "w", height_m=1.8)
    ports = {part.port: part for part in ran.parts}
    assert set(ports) == {"fbx", "glb", "bvh", "usdz", "motion_data", "overlay_video"}
    assert ports["fbx"].data.startswith(b"Kaydara FBX Binary")
    assert ports["glb"].data.startswith(b"glTF")
    assert ports["bvh"].data.startswith(b"HIERARCHY")
    motion = ran.document["motion"]
    assert (motion["fps"], motion["frames"], motion["height_m"]) == (30.0, 30, 1.8)
    assert motion["gaps"] == []
    assert len(motion["joints"]) == 22
    json.dumps(ran.document)


def test_the_overlay_has_the_length_and_the_sound_of_the_film(tmp_path: Path) -> None:
    ran = run(film(tmp_path / "a.mp4", sound=True), tmp_path / "w", outputs=["overlay_video"])
    (part,) = ran.of("overlay_video")
    with av.open(str(part.path)) as overlay:
        pictures = [frame.to_ndarray(format="rgb24") for frame in overlay.decode(video=0)]
        assert len(pictures) == 30
    with av.open(str(part.path)) as overlay:
        heard = sum(frame.samples for frame in overlay.decode(audio=0))
    assert heard == pytest.approx(48000, abs=4096)
    colours = np.ptp(pictures[10].astype(int), axis=2)
    assert (colours > 60).sum() > 300  # the film is grey, the skeleton is not


def test_the_source_is_handed_on_when_asked_for(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4")
    (part,) = run(path, tmp_path / "w", outputs=["source_video"]).of("source_video")
    assert part.data == path.read_bytes()


def test_motion_data_has_a_row_a_frame_and_places_agree_with_the_skeleton(tmp_path: Path) -> None:
    ran = run(film(tmp_path / "a.mp4"), tmp_path / "w", outputs=QUICK)
    archive = opened(ran)
    places = joints_of(archive.read("joints.csv").decode())
    assert places.shape == (30, 22, 3)
    described = json.loads(archive.read("motion.json"))
    names = [each["name"] for each in described["joints"]]
    for joint in described["joints"][1:]:
        bone = places[:, names.index(joint["name"])] - places[:, names.index(joint["parent"])]
        length = np.linalg.norm(joint["offset"])
        assert np.allclose(np.linalg.norm(bone, axis=1), length, atol=2e-5)


def test_the_same_film_gives_the_same_bytes(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4")
    outputs = ["fbx", "glb", "bvh", "usda", "usdz", "motion_data"]
    one, two = (run(path, tmp_path / each, outputs=outputs) for each in ("one", "two"))
    assert [part.data for part in one.parts] == [part.data for part in two.parts]
    assert one.document == two.document


def test_pictures_without_the_person_are_a_gap_that_is_told(tmp_path: Path) -> None:
    # Two answers a picture: once where he was, once where the detector looks.
    nets = Statue(absent=range(10, 14))
    ran = run(film(tmp_path / "a.mp4"), tmp_path / "w", nets, outputs=QUICK)
    assert spans(ran.document, "gaps") == [(333.333, 433.333)]
    assert ran.warnings == ["gaps_bridged"]
    assert ran.document["summary"]["tracked"] == 27


def test_several_people_are_told_and_the_main_one_is_taken(tmp_path: Path) -> None:
    nets = Statue(people=2)
    ran = run(film(tmp_path / "a.mp4"), tmp_path / "w", nets, outputs=QUICK)
    assert ran.warnings == ["several_people"]
    assert ran.document["summary"]["people"] == 2


def test_a_window_is_all_that_is_watched(tmp_path: Path) -> None:
    nets = Statue()
    path = film(tmp_path / "a.mp4", 60, sound=True)
    ran = run(path, tmp_path / "w", nets, start_ms=500, end_ms=1500, outputs=["overlay_video"])
    assert ran.document["motion"]["start_ms"] == pytest.approx(500, abs=1)
    assert ran.document["motion"]["frames"] == nets.looked == 30
    with av.open(str(ran.of("overlay_video")[0].path)) as overlay:
        assert sum(1 for _ in overlay.decode(video=0)) == 30


def test_a_phone_s_film_is_turned_upright(tmp_path: Path) -> None:
    ran = run(lying(film(tmp_path / "a.mp4")), tmp_path / "w", outputs=["overlay_video"])
    assert (ran.document["media"]["width"], ran.document["media"]["height"]) == (240, 320)
    with av.open(str(ran.of("overlay_video")[0].path)) as overlay:
        frame = next(overlay.decode(video=0))
        assert (frame.width, frame.height) == (240, 320)


def test_a_variable_rate_gives_an_even_movement_of_the_same_length(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    times = np.cumsum(rng.choice([0.02, 0.033, 0.05, 0.08], size=60)).tolist()
    path = film(tmp_path / "a.mkv", 60, 30, times=times)
    ran = run(path, tmp_path / "w", outputs=QUICK)
    motion = ran.document["motion"]
    assert motion["duration_ms"] == pytest.approx((times[-1] - times[0]) * 1000, abs=60)
    assert motion["gaps"] == []


def test_a_film_faster_than_the_limit_is_thinned(tmp_path: Path) -> None:
    nets = Statue()
    path = film(tmp_path / "a.mp4", 60, 120, size=(3840, 2160))
    ran = run(path, tmp_path / "w", nets, outputs=QUICK)
    assert nets.looked == 30
    assert (ran.document["motion"]["fps"], ran.document["motion"]["frames"]) == (60.0, 30)


def test_a_tiny_film_is_watched(tmp_path: Path) -> None:
    ran = run(film(tmp_path / "a.mp4", size=(16, 16)), tmp_path / "w")
    assert ran.document["motion"]["frames"] == 30


def test_a_wrong_extension_does_not_matter(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mkv").rename(tmp_path / "a.txt")
    assert run(path, tmp_path / "w", outputs=QUICK).document["motion"]["frames"] == 30


def test_a_film_that_is_cut_off_gives_what_is_there_with_a_warning(tmp_path: Path) -> None:
    whole = film(tmp_path / "a.mkv", 150, size=(640, 480))
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    ran = run(cut, tmp_path / "w", outputs=QUICK)
    assert 5 < ran.document["motion"]["frames"] < 150
    assert "truncated" in ran.warnings


def test_what_is_no_film_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "a.mp4"
    text.write_text("no film")
    assert refused(text, tmp_path / "w").startswith("not_media:")
    empty = tmp_path / "empty.mp4"
    empty.touch()
    assert refused(empty, tmp_path / "w").startswith(("empty:", "not_media:"))
    sound = tmp_path / "sound.mp4"
    with av.open(str(sound), "w") as container:
        tone = container.add_stream("aac", rate=48000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.sample_rate = 48000
        container.mux(tone.encode(frame))
        container.mux(tone.encode(None))
    assert refused(sound, tmp_path / "w").startswith("no_video:")


def test_a_film_without_anybody_is_refused(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4")
    nets = Statue(absent=range(1000))
    assert refused(path, tmp_path / "w", nets).startswith("no_person:")


def test_one_picture_is_no_movement(tmp_path: Path) -> None:
    assert refused(film(tmp_path / "a.mp4", 1), tmp_path / "w").startswith("too_short:")


def test_a_window_behind_the_end_is_refused(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4")
    assert refused(path, tmp_path / "w", start_ms=5000).startswith("no_pictures:")
    assert refused(path, tmp_path / "w", start_ms=500, end_ms=500).startswith("bad_parameter:")


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ({"track_ball": True}, "track_ball"),
        ({"track_fingers": True}, "track_fingers"),
        ({"number_of_actors": 2}, "number_of_actors"),
        ({"mocap_model": "M2"}, "mocap_model"),
        ({"outputs": ["fbx", "blend"]}, "output blend"),
        ({"outputs": ["c3d"]}, "output c3d"),
    ],
)
def test_what_cannot_be_done_is_refused_by_name_before_anything_is_read(
    tmp_path: Path, parameters: dict[str, object], name: str
) -> None:
    message = refused(tmp_path / "not there", tmp_path / "w", **parameters)
    assert message.startswith(f"not_offered: {name} cannot be done.")


def test_an_unknown_output_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    message = refused(tmp_path / "not there", tmp_path / "w", outputs=["maya"])
    assert message.startswith("bad_parameter:")
    assert "fbx" in message


def test_quality_s2_looks_twice(tmp_path: Path) -> None:
    nets = Statue()
    run(film(tmp_path / "a.mp4"), tmp_path / "w", nets, mocap_model="S2", outputs=QUICK)
    assert nets.looked == 60


def test_progress_counts_the_seconds_of_film_and_overlay_to_the_end(tmp_path: Path) -> None:
    ran = run(film(tmp_path / "a.mp4"), tmp_path / "w", outputs=["overlay_video"])
    told = [each for each in ran.sent if isinstance(each, Progress)]
    assert [each.done for each in told] == sorted(each.done for each in told)
    assert {each.total for each in told} == {2.0}
    assert told[-1].done > 1.5


def test_a_cancel_ends_it_at_the_next_picture(tmp_path: Path) -> None:
    class Cancelling(Statue):
        def landmarks(self, square):  # type: ignore[no-untyped-def]
            if self.looked == 5:
                task.cancel()
            return super().landmarks(square)

    from jobmill_engine import Task
    from jobmill_engine.protocol import InputFile, Run

    path = film(tmp_path / "a.mp4")
    nets = Cancelling()
    given = InputFile("in", str(path), "video/mp4", path.name)
    task = Task(Run("a", (), {}, (given,), str(tmp_path)), lambda message: None)
    with pytest.raises(TaskCancelled):
        engine_with(nets)().run(task)
    assert nets.looked == 6


def test_a_missing_model_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="jobmill models install other"):
        run(tmp_path / "a.mp4", tmp_path / "w", model="other")
    with pytest.raises(ModelMissing, match="jobmill models install blazepose"):
        run_task(MotionEngine, tmp_path / "a.mp4", tmp_path / "w")


def test_the_process_says_what_is_missing(
    tmp_path: Path, no_models: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ran = run_engine(FOLDER, film(tmp_path / "a.mp4"))
    assert ran.failed is not None
    assert ran.failed.code == "model_missing"
    assert "jobmill models install blazepose" in ran.failed.message
