"""With an engine for several cameras installed, their jobs run: it is told of films and volume."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.dialects.move.speaking import Speaker
from tests.running import Running, running

ENGINES = Path(__file__).parent / "triangulation"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    data = tmp_path_factory.mktemp("several") / "data"
    shutil.copytree(ENGINES, data / "engines")
    with running(data) as server:
        yield server


def test_a_job_on_several_cameras_runs(server: Running) -> None:
    with Speaker(server.url, server.key) as api:
        sources = [
            {
                "deviceLabel": f"camera-{i}",
                "fileId": api.upload(f"film {i}".encode()),
                "format": "MP4",
                "cameraSettings": {"lens": "goprohero10-fhd"},
            }
            for i in range(2)
        ]
        query = """mutation ($s: [SourceInput!]) { made: createVolumeWithHuman(
            sources: $s, humanHeight: 1.8, areaType: NORMAL) { id } }"""
        volume = api.data(query, {"s": sources})["made"]["id"]
        query = """mutation ($s: [SourceInput!], $v: String!) {
            made: createMultiCamTake(sources: $s, volumeId: $v) { id } }"""
        take = api.data(query, {"s": sources, "v": volume})["made"]["id"]
        query = """mutation ($t: String!) { made: createMultiCamJob(takeId: $t,
            numberOfActors: 2, outputs: [ALL_FBX], options: {mocapModel: M1}) { id } }"""
        job = api.data(query, {"t": take})["made"]["id"]
        ended = api.ended(job)
        assert ended["state"] == "FINISHED", ended["failureReason"]
        (output,) = ended["outputs"]
        assert output["key"] == "all_fbx"
        told = httpx2.get(output["file"]["presignedUrl"]).json()
        assert told["params"] == {
            "mocap_model": "M1", "number_of_actors": 2, "outputs": ["fbx"],
        }  # fmt: skip
        cameras = told["given"]["cameras"]
        assert [each["label"] for each in cameras] == ["camera-0", "camera-1"]
        films = [httpx2.get(each["url"]).content for each in cameras]
        assert films == [b"film 0", b"film 1"]
        assert told["given"]["volume"]["human_height_m"] == 1.8
        assert len(told["given"]["volume"]["cameras"]) == 2
        assert job in {
            each["id"] for each in api.data("{ listJobs { items { id } } }")["listJobs"]["items"]
        }
