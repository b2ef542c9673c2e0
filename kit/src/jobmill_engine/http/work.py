"""One request's work: the engine runs on what was sent, and what it says goes where it belongs."""

from __future__ import annotations

import os
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jobmill_engine import protocol
from jobmill_engine.engine import Engine, Task
from jobmill_engine.http.forms import Received
from jobmill_engine.http.webhooks import NobodyWaits, post_file, post_json

BEAT_EVERY = 1.0
PIECE = 1 << 16
NAMELESS = "application/octet-stream"


@dataclass(slots=True)
class Given:
    """A request, read."""

    fields: Mapping[str, str]
    payload: dict[str, Any]
    inputs: tuple[protocol.InputFile, ...]
    mode: str
    workdir: Path

    def run(self) -> protocol.Run:
        """As an engine's task is described."""
        parameters = dict(self.payload)
        features = parameters.pop("features", ())
        if not (isinstance(features, list) and all(isinstance(f, str) for f in features)):
            features = ()
        return protocol.Run(
            self.fields.get("chunkContext") or "request",
            tuple(features),
            parameters,
            self.inputs,
            str(self.workdir),
            mode=self.mode,
        )


@dataclass(slots=True)
class Told:
    """What the engine has told so far."""

    read: int = 0
    written: int = 0
    messages: int = 0
    lines: list[str] = field(default_factory=list)
    files: list[protocol.Output] = field(default_factory=list)


class HttpTask:
    """Runs an engine on a request; `left` says whether the other side hung up."""

    def __init__(self, given: Given, left: Callable[[float], bool]) -> None:
        self._given = given
        self._left = left
        self._told = Told()
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self.task = Task(given.run(), self._hear)

    @property
    def files(self) -> list[protocol.Output]:
        """Files that were written, unless they were handed over as they came."""
        return self._told.files

    def run(self, engine: Engine) -> Mapping[str, Any] | None:
        """The document. Raises what the engine raises."""
        beating = threading.Thread(target=self._beat, name="jobmill-beats", daemon=True)
        beating.start()
        try:
            return engine.run(self.task)
        finally:
            self.task.flush()
            self._ended.set()
            beating.join()

    def result(self, body: Mapping[str, Any]) -> bool:
        """Hand a document over by itself; False when there is nowhere to."""
        url = self._given.fields.get("resultWebhook", "")
        if not url:
            return False
        post_json(url, {**self._where(), "output": dict(body)})
        return True

    def file(self, output: protocol.Output) -> bool:
        """Hand a file over by itself; False when there is nowhere to."""
        url = self._given.fields.get("resultWebhook", "")
        if not url:
            return False
        fields = {name: str(value) for name, value in self._where().items()}
        meta = {f"chunk-metadata-{name}": str(value) for name, value in (output.meta or {}).items()}
        path = self._given.workdir / output.path
        post_file(url, {**fields, **meta, "multipart": "true"}, path, output.media_type)
        return True

    def last_beat(self, status: str, reason: str = "", message: str = "") -> None:
        """Say how it ended, for whoever does not wait for an answer."""
        url = self._given.fields.get("heartbeatWebhook", "")
        if url:
            failure = {"failureReason": reason, "failureMsg": message} if reason else {}
            with suppress(OSError, NobodyWaits):
                post_json(url, {**self._state(status), **failure})

    def _where(self) -> dict[str, Any]:
        fields, index = self._given.fields, self._told.messages
        self._told.messages += 1
        return {
            "chunkContext": fields.get("chunkContext", ""),
            "startOffsetMs": whole(fields.get("startOffsetMS")),
            "endOffsetMs": whole(fields.get("endOffsetMS")),
            "index": index,
        }

    def _hear(self, message: protocol.Message) -> None:
        match message:
            case protocol.Progress(_, _, done, _, unit) if unit == "bytes":
                self._told.read = int(done)
            case protocol.Log(_, level, text):
                self._say(f"{level}: {text}")
            case protocol.Warn(_, code, text, _):
                self._say(f"warning: {code}: {text}")
            case protocol.Output():
                self._output(message)

    def _output(self, output: protocol.Output) -> None:
        path = self._given.workdir / output.path
        self._told.written += path.stat().st_size
        if self.task.mode == "stream" and self.file(output):
            path.unlink()
        else:
            self._told.files.append(output)

    def _say(self, line: str) -> None:
        with self._lock:
            self._told.lines = [*self._told.lines, line][-100:]

    def _state(self, status: str) -> dict[str, Any]:
        with self._lock:
            lines, self._told.lines = self._told.lines, []
        told = self._told
        state = {
            "status": status,
            "bytesRead": told.read,
            "bytesWritten": told.written,
            "messagesWritten": told.messages,
        }
        return {**state, "infoMsg": "\n".join(lines)} if lines else state

    def _beat(self) -> None:
        """A thread: once a second, until the work has ended or nobody waits for it."""
        url = self._given.fields.get("heartbeatWebhook", "")
        at = time.monotonic()
        while not self._ended.is_set():
            if self._left(0.0):
                self.task.cancel()
                return
            if url and time.monotonic() >= at:
                at = time.monotonic() + BEAT_EVERY
                try:
                    post_json(url, self._state("running"))
                except NobodyWaits:
                    self.task.cancel()
                    return
                except OSError:
                    pass  # perhaps it restarts; the next beat will tell
            self._ended.wait(BEAT_EVERY)


class Download:
    """The bytes at an address, as a file or as a pipe."""

    def __init__(self, url: str, place: Path, *, live: bool) -> None:
        self.place = place
        if not live:
            with urllib.request.urlopen(url) as answer, place.open("xb") as file:  # noqa: S310
                while piece := answer.read(PIECE):
                    file.write(piece)
            return
        os.mkfifo(place)
        self._url = url
        threading.Thread(target=self._feed, name="jobmill-stream", daemon=True).start()

    def _feed(self) -> None:
        with suppress(OSError), self.place.open("wb", buffering=0) as pipe:
            answer = urllib.request.urlopen(self._url)  # noqa: S310
            with answer:
                while piece := answer.read1(PIECE):
                    rest = memoryview(piece)
                    while rest:
                        rest = rest[pipe.write(rest) or 0 :]


def input_of(received: Received, workdir: Path, *, stream: bool) -> protocol.InputFile:
    """The file of a request, which was sent along, or is fetched now. Raises OSError."""
    fields = received.fields
    media_type = fields.get("chunkMimeType") or received.file_type or NAMELESS
    meta = _meta(fields)
    if received.file is not None:
        name = received.file_name or received.file.name
        return protocol.InputFile("in", str(received.file), media_type, name, None, meta)
    place = workdir / "stream"
    Download(fields.get("cacheURI", ""), place, live=stream)
    return protocol.InputFile("in", str(place), media_type, "stream", None, meta, stream)


def _meta(fields: Mapping[str, str]) -> dict[str, Any] | None:
    told = {
        name.removeprefix("chunk-metadata-"): value
        for name, value in fields.items()
        if name.startswith("chunk-metadata-")
    }
    start, end = whole(fields.get("startOffsetMS")), whole(fields.get("endOffsetMS"))
    times = {"start_ms": start, "end_ms": end} if end > start else {}
    return {**told, **times} or None


def whole(text: str | None) -> int:
    """A whole number, 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdecimal() else 0
