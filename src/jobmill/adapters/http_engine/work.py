"""One attempt at a service: a request for the whole, for the stream, or for each chunk."""

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jobmill.adapters.http_engine import endings
from jobmill.adapters.http_engine.client import AnswerTooLarge, EngineAnswer, EngineClient
from jobmill.adapters.http_engine.fields import process_fields
from jobmill.adapters.http_engine.form import Form, FormFile
from jobmill.adapters.http_engine.found import (
    ESTIMATE,
    Found,
    FoundFile,
    document_of,
    is_document,
    is_json,
    kept_form,
)
from jobmill.adapters.http_engine.inbox import Course, Inbox
from jobmill.adapters.http_engine.parts import PartWriter
from jobmill.adapters.subprocess.documents import LARGEST_DOCUMENT, BadResult
from jobmill.core.engines import (
    AttemptListener,
    Done,
    EngineCall,
    EngineInput,
    EngineOutput,
    Failed,
    FailureClass,
    Outcome,
    Progress,
)
from jobmill.core.engines.remote import RemoteManifest
from jobmill.core.jobs.flow import OUT
from jobmill.core.jobs.grants import EngineMessage
from jobmill.core.jobs.ports import Bell, Database
from jobmill.core.jobs.service.grants import OpenGrant

LONGEST_LINE = 4000


@dataclass(frozen=True, slots=True)
class Limits:
    """A service that works by itself must be heard every `silence_seconds` (or within twice its
    own estimate); `after_result_seconds` after a result it is taken to be done."""

    silence_seconds: float = 60.0
    after_result_seconds: float = 5.0
    document_bytes: int = LARGEST_DOCUMENT
    file_bytes: int = 4 << 30


class Work:
    """The requests of one attempt, one after the other."""

    def __init__(
        self,
        call: EngineCall,
        manifest: RemoteManifest,
        listener: AttemptListener,
        opened: OpenGrant,
        client: EngineClient,
        database: Database,
        bell: Bell,
        base: str,
        limits: Limits,
        seconds: float,
    ) -> None:
        self._call = call
        self._manifest = manifest
        self._listener = listener
        self._opened = opened
        self._client = client
        self._base = base
        self._limits = limits
        self._seconds = seconds
        self._began = asyncio.get_running_loop().time()
        self._requests = 0
        self._inbox = Inbox(database, bell, opened.grant.attempt, self._beat)
        self._parts = PartWriter(call, listener)

    async def run(self) -> Outcome:
        """To its end. Raises EngineAway, AddressNotAllowed."""
        if self._call.live:
            self._listener.began(self._parts)
        self._listener.started()
        following = asyncio.create_task(self._inbox.follow())
        try:
            if self._call.mode == "chunk":
                return await self._chunks()
            return await self._one()
        finally:
            following.cancel()
            await asyncio.wait([following])

    async def _one(self) -> Outcome:
        """A task with one file, whole or as a stream."""
        if len(self._call.inputs) != 1:
            return self._too_many_inputs()
        found = await self._request(0)
        if isinstance(found, Failed):
            return found
        try:
            document = await asyncio.to_thread(found.document) or {}
        except BadResult as error:
            return endings.bad_result(self._manifest, str(error))
        if self._call.live:
            for file in found.files:
                await self._parts.write(file)
            return Done(document)
        return Done(
            document,
            tuple(EngineOutput(OUT, f.path, f.media_type, meta=f.meta) for f in found.files),
        )

    async def _chunks(self) -> Outcome:
        for place, file in enumerate(self._call.inputs):
            if file.number is not None:
                await self._chunk(place, file.number)
        return Done({})

    async def _chunk(self, place: int, number: int) -> None:
        """Every chunk by itself; one that fails does not stop the others."""
        found = await self._request(place)
        if not isinstance(found, Failed):
            try:
                document = await asyncio.to_thread(found.document)
                if len(found.files) > 1:
                    raise BadResult("A chunk has one result; the service sent several files.")
            except BadResult as error:
                found = endings.bad_result(self._manifest, str(error))
        if isinstance(found, Failed):
            self._listener.chunk_failed(number, found)
            return
        for file in found.files:
            self._listener.output(EngineOutput(OUT, file.path, file.media_type, number, file.meta))
        self._listener.chunk_done(number, document)

    async def _request(self, place: int) -> Found | Failed:
        """Give the service one file, and wait for everything that it finds there."""
        file = self._call.inputs[place]
        self._requests += 1
        course = self._inbox.begin(self._requests)
        left = self._began + self._seconds - asyncio.get_running_loop().time()
        form = await asyncio.to_thread(self._form, file, place, left)
        sink = self._call.workdir / f"answer-{self._requests}"
        try:
            url = self._manifest.process_url
            answer = await self._client.process(url, form, sink, self._most_bytes)
            return await self._heard(self._without_secret(answer), course)
        except AnswerTooLarge as error:
            return endings.too_large(self._manifest, error.most_bytes)
        except BadResult as error:
            return endings.bad_result(self._manifest, str(error))

    def _without_secret(self, answer: EngineAnswer) -> EngineAnswer:
        """Services like to name the address that failed, and the attempt's token is in it."""
        return replace(answer, reason=answer.reason.replace(self._opened.secret, "…"))

    def _most_bytes(self, media_type: str) -> int:
        limits = self._limits
        return limits.document_bytes if is_json(media_type) else limits.file_bytes

    def _form(self, file: EngineInput, place: int, left: float) -> Form:
        fields = process_fields(
            self._call, file, place, self._requests, self._opened, self._base, left
        )
        sends = self._manifest.send_bytes and not file.live and self._call.mode != "stream"
        chunk = FormFile("chunk", file.path, file.name, file.media_type) if sends else None
        return Form(fields, chunk)

    async def _heard(self, answer: EngineAnswer, course: Course) -> Found | Failed:
        found = Found()
        if answer.status == 200 and answer.path is not None:
            estimate = await self._take_answer(answer, answer.path, found)
            if estimate is not None:
                failed = await self._await_end(course, found, estimate)
                if failed is not None:
                    return failed
        elif answer.status != 204:
            return endings.refused(self._manifest, answer)
        await self._inbox.look()
        await self._take_results(course, found)
        return found

    async def _take_answer(self, answer: EngineAnswer, path: Path, found: Found) -> float | None:
        """Add it to what was found; or, the service goes on by itself, its estimate in seconds."""
        out, most = self._manifest.media_out, self._limits.document_bytes
        if not await asyncio.to_thread(is_document, path, answer.media_type, out, most):
            found.files.append(FoundFile(path, answer.media_type))
            return None
        document = await asyncio.to_thread(self._document, path)
        if ESTIMATE in document and len(document) == 1:
            estimate = document[ESTIMATE]
            return max(0.0, float(estimate)) if isinstance(estimate, int | float) else 0.0
        await self._add(document, found)
        return None

    async def _add(self, document: Mapping[str, Any], found: Found) -> None:
        """A document; where somebody reads a stream's while they come, it is a part as well."""
        found.documents.append(document)
        if document and self._call.mode == "stream" and self._parts.read:
            path = self._call.workdir / f"document-{len(found.documents)}"
            text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
            await asyncio.to_thread(path.write_text, text, encoding="utf-8")
            await self._parts.write(FoundFile(path, "application/json"))

    def _document(self, path: Path) -> Mapping[str, Any]:
        if path.stat().st_size > self._limits.document_bytes:
            raise BadResult(f"The result has more than {self._limits.document_bytes} bytes.")
        data = path.read_bytes()
        path.unlink()
        return document_of(data, self._manifest.media_out)

    async def _await_end(self, course: Course, found: Found, estimate: float) -> Failed | None:
        """The service works by itself: until it says that it is through."""
        clock = asyncio.get_running_loop().time
        patience = max(self._limits.silence_seconds, 2 * estimate)
        while not course.over:
            self._inbox.changed.clear()
            await self._take_results(course, found)
            if course.over:
                break
            short = course.had_result and self._call.mode != "stream"
            wait = self._limits.after_result_seconds if short else patience
            left = course.heard_at + wait - clock()
            if left <= 0:
                return None if short else endings.silent(self._manifest, patience)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._inbox.changed.wait(), left)
        if course.status == "failed":
            return endings.reported(self._manifest, course.reason, course.message)
        return None

    async def _take_results(self, course: Course, found: Found) -> None:
        while course.results:
            message = course.results.popleft()
            for file in await self._result(message, found):
                if self._call.mode == "stream":
                    await self._parts.write(file)
                else:
                    found.files.append(file)

    async def _result(self, message: EngineMessage, found: Found) -> list[FoundFile]:
        """A result that came by itself: into what was found, or as files."""
        meta = _span(message.body)
        path = None if message.file is None else self._call.workdir / message.file
        if path is not None and not is_json(message.media_type):
            return [FoundFile(path, message.media_type, meta)]
        if path is not None:
            document = await asyncio.to_thread(self._document, path)
        else:
            document = kept_form(message.body.get("output") or {})
        await self._add(document, found)
        return []

    def _beat(self, message: EngineMessage) -> None:
        body = message.body
        if told := body.get("infoMsg") or body.get("infoMsgs") or body.get("infoMsg(s)"):
            self._listener.log("info", str(told)[:LONGEST_LINE])
        read = body.get("bytesRead")
        if isinstance(read, int | float) and read >= 0 and self._call.mode != "chunk":
            self._listener.progress(Progress(None, float(read), self._total(read), "bytes"))

    def _total(self, read: float) -> float | None:
        file = self._call.inputs[0]
        if file.live:
            return None
        with suppress(OSError):
            size = float(file.path.stat().st_size)
            return size if read <= size else None
        return None

    def _too_many_inputs(self) -> Failed:
        return Failed(
            FailureClass.INPUT,
            "one_input",
            f"Engine {self._manifest.id} takes one file at a time, and was given "
            f"{len(self._call.inputs)}. Register it with the mode chunk, or route one file to it.",
        )


def _span(body: Mapping[str, Any]) -> dict[str, Any]:
    """Where a result lies in what the service was given."""
    names = {"start_ms": "startOffsetMs", "end_ms": "endOffsetMs"}
    return {
        name: body[told] for name, told in names.items() if isinstance(body.get(told), int | float)
    }
