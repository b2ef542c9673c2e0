"""The documentation's Edge path as it stands there: engines, create, poll, download."""

import re
from datetime import UTC, datetime

from tests.dialects.aiware.edge.curl import curl
from tests.dialects.aiware.edge.speaking import TRANSLATE, Edge, translation_job

UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def test_engines_are_a_bare_array_with_the_three_keys(edge: Edge) -> None:
    engines = edge.get("/admin/engines")

    assert isinstance(engines, list)
    for engine in engines:
        assert re.fullmatch(UUID, engine["engineCategoryID"])
        assert re.fullmatch(UUID, engine["engineID"])
        assert engine["engineName"]
    (translate,) = [each for each in engines if each["engineID"] == TRANSLATE]
    assert translate["engineCategoryID"] == "3b2b2ff8-44aa-4db4-9b71-ff96c3bf5923"


def test_the_translation_job_from_curl_to_curl(edge: Edge, spanish: str) -> None:
    token = edge.token or ""
    asked = curl("create_job", token=token, data=translation_job(spanish))
    assert (asked.method, asked.path) == ("POST", "/edge/v1/proc/job/create")
    answer = edge.curl(asked)
    assert answer.status_code == 200, answer.text
    job = answer.json()["InternalJobId"]
    assert answer.json()["internalJobIds"] == [job]
    assert re.fullmatch(UUID, job)

    (output,) = edge.outputs(job)
    assert re.fullmatch(rf"vtn-standard-{UUID}\.json", output["name"])
    age = datetime.now(UTC).timestamp() - output["created"]
    assert -1 <= age < 60

    name = output["name"].removesuffix(".json")
    raw = edge.curl(curl("download", token=token, job=job, file=name))
    assert raw.status_code == 200, raw.text
    assert raw.headers["content-type"].startswith("application/json")
    assert len(raw.content) == output["size"]
    document = raw.json()
    assert document["validationContracts"] == ["transcript"]
    assert document["sourceEngineId"] == TRANSLATE
    assert document["series"][0]["words"][0]["word"] == "word0"


def test_a_file_name_written_with_its_ending_twice_is_found_too(edge: Edge, spanish: str) -> None:
    token = edge.token or ""
    asked = curl("create_job", token=token, data=translation_job(spanish))
    job = edge.curl(asked).json()["InternalJobId"]
    (output,) = edge.outputs(job)

    raw = edge.curl(curl("download", token=token, job=job, file=output["name"]))

    assert raw.status_code == 200
    assert len(raw.content) == output["size"]
