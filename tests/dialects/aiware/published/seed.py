"""Runs in the environment of the vendor's packages: the documentation's own documents, sent by the
client of `aiware` as it was published, its findings read by the models of the package.

Environment: SERVER, VERITONE_API_KEY, MEDIA (the address of a sound file), EXAMPLES (the folder of
the documents).
"""

import asyncio
import io
import json
import os
import time
import zipfile
from pathlib import Path
from typing import Any

import httpx
from aiware.aion import Aion
from aiware.client import Aiware, AsyncAiware
from aiware.client._base.exceptions import GraphQLClientGraphQLMultiError
from aiware.client.utils import catch_not_found
from aiware.common.auth import AiwareApiKey, AiwareSessionToken, EnvAuth, TokenAuth

SERVER, KEY = os.environ["SERVER"], os.environ["VERITONE_API_KEY"]
DONE = ("complete", "failed", "cancelled")
ADDRESS = (
    "https://s3.amazonaws.com/src-veritone-tests/stage/20190505/"
    "0_40_Eric%20Knox%20BWC%20Video_40secs.mp4"
)


def example(name: str, **filled: str) -> str:
    """A document of the documentation; each text in capitals stands for one of its own."""
    text = (Path(os.environ["EXAMPLES"]) / f"{name}.graphql").read_text(encoding="utf-8")
    for place, value in filled.items():
        assert place in text, place
        text = text.replace(place, value)
    return text


def data(client: Aiware, document: str, **variables: Any) -> Any:
    """What the client gives for a document."""
    return client.get_data(client.execute(document, variables=variables or None))


def signed_in() -> Aiware:
    """The client with the session that userLogin opens."""
    nobody = Aiware(base_url=SERVER)
    token = data(nobody, example("user_login"))["userLogin"]["token"]
    assert len(token) == 36, token
    client = nobody.with_auth(TokenAuth(AiwareSessionToken(token)))
    client.http_client.timeout = 60
    return client


def polled(client: Aiware, document: str, field: str, ends: tuple[str, ...]) -> Any:
    """What a document says when its status is one of the ends."""
    until = time.monotonic() + 240
    while time.monotonic() < until:
        seen = data(client, document)[field]
        if seen["status"] in ends:
            return seen
        time.sleep(0.1)
    raise AssertionError(f"{field} did not end: {seen}")


def job_of_five(client: Aiware) -> str:
    """The five-task job from cluster to transcript; its TDO."""
    categories = data(client, example("engine_categories"))["engineCategories"]["records"]
    assert any(each["categoryType"] == "transcript" for each in categories)
    assert data(client, example("translation_engines"))["engines"]["count"] == 1
    cluster = data(client, example("create_cluster"))["createCluster"]["id"]
    listed = data(client, example("clusters"))["clusters"]["records"]
    assert cluster in {each["id"] for each in listed}
    places = {"_YOUR_CLUSTER_ID": cluster, ADDRESS: os.environ["MEDIA"]}
    job = data(client, example("create_job", **places))["createJob"]
    seen = polled(client, example("job_status", **{"19093817_Mdsq3lksrB": job["id"]}), "job", DONE)
    assert seen["status"] == "complete", seen
    mended = example("engine_results_broken", YOUR_JOB_ID=job["id"]) + "}"
    (found,) = data(client, mended)["engineResults"]["records"]
    words = [each.words[0].word for each in Aion.model_validate(found["jsondata"]).series]
    assert words == [f"word{number}" for number in range(len(words))], words
    assert len(words) > 2, words
    return job["targetId"]


def exported(client: Aiware, tdo: str) -> None:
    """Captions of the job, as an archive."""
    asked = data(client, example("create_export_request", **{"431011721": tdo}))
    request = asked["createExportRequest"]["id"]
    asking = example("export_request", **{"a2efc2bb-e09f-40bf-a2bc-1d25297ac2f7": request})
    seen = polled(client, asking, "exportRequest", ("complete",))
    archive = zipfile.ZipFile(io.BytesIO(httpx.get(seen["assetUri"]).content))
    (name,) = [each for each in archive.namelist() if each.endswith(".vtt")]
    assert archive.read(name).startswith(b"WEBVTT")


def sent_to_an_address(client: Aiware, tdo: str) -> str:
    """An asset whose bytes were PUT to a signed address before."""
    place = data(client, "{ getSignedWritableUrl { url getUrl unsignedUrl key } }")
    put = httpx.put(place["getSignedWritableUrl"]["url"], content=b"words")
    assert put.is_success, put.text
    made = data(
        client,
        "mutation ($tdo: ID!, $uri: String!) { createAsset(input: {containerId: $tdo, uri: $uri,"
        ' assetType: "text", contentType: "text/plain"}) { id signedUri } }',
        tdo=tdo,
        uri=place["getSignedWritableUrl"]["getUrl"],
    )["createAsset"]
    assert httpx.get(made["signedUri"]).content == b"words"
    return made["signedUri"]


def deleted(client: Aiware, tdo: str, link: str) -> None:
    """Clean up, delete, and find nothing any more."""
    cleaned = data(client, example("cleanup_tdo", **{"44512341": tdo}))["cleanupTDO"]["message"]
    assert cleaned == f"Data deleted from {tdo}:  storage,engineResults", cleaned
    assert httpx.get(link).is_client_error
    gone = data(client, example("delete_tdo", **{"44512341": tdo}))["deleteTDO"]["message"]
    assert gone == f"TemporalDataObject {tdo} was deleted.", gone
    asked = f'{{ temporalDataObject(id: "{tdo}") {{ id }} }}'
    assert catch_not_found(lambda: data(client, asked)) is None


def tokens() -> None:
    """A key from the environment, a key in code, and none."""
    for auth in (EnvAuth(), TokenAuth(AiwareApiKey(KEY))):
        assert data(Aiware(base_url=SERVER, auth=auth), "{ me { id } }")["me"]["id"]
    nobody = Aiware(base_url=SERVER, auth=TokenAuth(AiwareApiKey("nobody")))
    try:
        told = data(nobody, "{ me { id } }")
    except GraphQLClientGraphQLMultiError as refusal:
        told = refusal.errors[0].orginal["name"]
    assert told == "authentication_error", told


async def at_once() -> None:
    """The asynchronous client."""
    async with AsyncAiware(base_url=SERVER, auth=EnvAuth()) as client:
        answers = await asyncio.gather(*(client.execute("{ me { id } }") for _ in range(5)))
        assert len({client.get_data(each)["me"]["id"] for each in answers}) == 1


def main() -> None:
    """All of it."""
    tokens()
    client = signed_in()
    tdo = job_of_five(client)
    exported(client, tdo)
    deleted(client, tdo, sent_to_an_address(client, tdo))
    asyncio.run(at_once())
    print(json.dumps({"tdo": tdo}))


main()
