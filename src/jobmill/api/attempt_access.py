"""What a service may do with the token of an attempt that it works on: read its files, send
heartbeats and results. Open without a key; the token ends with the attempt."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from fastapi import Query, Request, Response
from starlette.responses import StreamingResponse

from jobmill.api.answers import Answers, answer, problems
from jobmill.api.route import OpenRoute, TheHouse, native_router
from jobmill.core.errors import AttemptOver, GrantRefused, InvalidInput, PartNotFound
from jobmill.core.jobs.grants import EngineMessage, Grant, GrantedFile, MessageKind, end_mark
from jobmill.core.jobs.service.grants import receive_message, use_grant
from jobmill.http.auth import bearer_key
from jobmill.http.head import is_head
from jobmill.http.house import House
from jobmill.http.limits import JSON_CAP, chunks_of, parse_json, read_body, too_large
from jobmill.http.multipart import FormReader, is_form
from jobmill.http.pipes import take_pipe
from jobmill.http.ranges import download_response
from jobmill.http.serving import file_download

router = native_router("attempts", OpenRoute)
RESULT_CAP = 4 * 2**30
RESULT_JSON_CAP = 8 * JSON_CAP
FIELD_CAP = 1 << 20
HEAD_CAP = 64 * 1024
INLINE = 256 * 1024
"""A result up to this size goes with its message; a larger one is a file."""

Token = Annotated[str | None, Query(description="The attempt's token; or send it as a bearer key.")]
Call = Annotated[int, Query(ge=0, description="Which request of the attempt it is about.")]
TAKEN: Answers = {**answer(204, "Taken."), **problems(400, 409, 413, 415, 429)}


@router.get(
    "/attempts/{attempt}/input/{number}",
    summary="Read an attempt's input",
    response_class=Response,
    responses={**answer(200, "The bytes."), **problems(404, 409)},
)
async def read_input(
    attempt: str, number: int, request: Request, house: TheHouse, token: Token = None
) -> Response:
    """A file that the attempt works on; a stream comes as it is made, and can be read once."""
    secret = _secret(request, token)
    grant = await _grant(house, attempt, secret)
    if not 0 <= number < len(grant.files):
        raise PartNotFound(f"The attempt has no input {number}.")
    file = grant.files[number]
    if file.live:
        return _stream(request, house, grant, secret, file)
    return await download_response(
        request, await file_download(file.path, file.media_type, file.name)
    )


@router.post(
    "/attempts/{attempt}/heartbeat",
    status_code=204,
    response_class=Response,
    summary="Tell how an attempt goes",
    responses=TAKEN,
)
async def take_heartbeat(
    attempt: str, request: Request, house: TheHouse, token: Token = None, call: Call = 0
) -> None:
    """`{status: running|complete|failed, bytesRead, infoMsg, failureReason, failureMsg}`. An
    answer of 409 or 404 says that nobody waits for the work any more."""
    secret = _secret(request, token)
    await _grant(house, attempt, secret)
    body = parse_json(await read_body(request, HEAD_CAP))
    if not isinstance(body, dict):
        raise InvalidInput("Send a JSON object.")
    status = body.get("status", "running")
    if status not in ("running", "complete", "failed"):
        raise InvalidInput("status: say running, complete or failed.", field="status")
    message = EngineMessage(call, MessageKind.HEARTBEAT, body)
    await _receive(house, attempt, secret, message)


@router.post(
    "/attempts/{attempt}/result",
    status_code=204,
    response_class=Response,
    summary="Hand over a result of an attempt",
    responses=TAKEN,
)
async def take_result(
    attempt: str, request: Request, house: TheHouse, token: Token = None, call: Call = 0
) -> None:
    """`{output, startOffsetMs, endOffsetMs, …}` as JSON, or a form with these fields and a file."""
    secret = _secret(request, token)
    grant = await _grant(house, attempt, secret)
    place = grant.folder / f"result-{secrets.token_hex(8)}"
    content_type = request.headers.get("content-type", "application/json")
    try:
        if is_form(content_type):
            message = await _of_form(request, content_type, place, call)
        else:
            message = _of_json(await read_body(request, RESULT_JSON_CAP), place, call)
        await _receive(house, attempt, secret, message)
    except BaseException:
        place.unlink(missing_ok=True)
        raise


def _secret(request: Request, token: str | None) -> str:
    secret = token or bearer_key(request)
    if not secret:
        raise GrantRefused("Send the attempt's token: '?token=…' or 'Authorization: Bearer …'.")
    return secret


async def _grant(house: House, attempt: str, secret: str) -> Grant:
    now = house.clock.now()
    return await house.database.read(lambda work: use_grant(work, attempt, secret, now))


async def _receive(house: House, attempt: str, secret: str, message: EngineMessage) -> None:
    now = house.clock.now()
    await house.database.write(lambda work: receive_message(work, attempt, secret, message, now))


def _stream(
    request: Request, house: House, grant: Grant, secret: str, file: GrantedFile
) -> Response:
    """The bytes of a pipe. Its end counts only while the attempt is under way, and when all was in
    it: a producer that fails and a worker that dies end it as well, and the service must not take
    that for the end of the stream."""

    async def still() -> None:
        await _grant(house, grant.attempt, secret)
        if not await asyncio.to_thread(end_mark(file.path).exists):
            raise AttemptOver("The stream broke off.")

    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if is_head(request):
        return Response(headers=headers, media_type=file.media_type)
    try:
        pieces = take_pipe(file.path)
    except OSError:
        raise PartNotFound("This stream has been read, or is over; it can be read once.") from None
    return StreamingResponse(_checked(pieces, still), media_type=file.media_type, headers=headers)


async def _checked(pieces: AsyncIterator[bytes], still: Any) -> AsyncIterator[bytes]:
    async for piece in pieces:
        yield piece
    await still()


def _of_json(body: bytes, place: Path, call: int) -> EngineMessage:
    given = parse_json(body)
    if not isinstance(given, dict):
        raise InvalidInput("Send a JSON object.")
    output = given.get("output")
    if not isinstance(output, dict):
        raise InvalidInput("output: give the result, a JSON object.", field="output")
    if len(body) <= INLINE:
        return EngineMessage(call, MessageKind.RESULT, given)
    import json

    place.write_text(json.dumps(output, ensure_ascii=False), encoding="utf-8")
    rest = {name: value for name, value in given.items() if name != "output"}
    return EngineMessage(call, MessageKind.RESULT, rest, place.name, "application/json")


async def _of_form(request: Request, content_type: str, place: Path, call: int) -> EngineMessage:
    reader = FormReader(content_type, chunks_of(request, RESULT_CAP), field_limit=FIELD_CAP)
    size = 0
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        async for piece in reader.pieces():
            size += len(piece)
            if size > RESULT_CAP:
                raise too_large(RESULT_CAP)
            file.write(piece)
    form = reader.form
    media_type = form.media_type or "application/octet-stream"
    fields = _numbers(form.fields)
    return EngineMessage(call, MessageKind.RESULT, fields, place.name, media_type)


def _numbers(fields: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a form; times among them are numbers."""
    return {
        name: int(value) if value.isascii() and value.isdecimal() and len(value) < 16 else value
        for name, value in fields.items()
    }
