"""A job's live stream: events and progress, resumed by `Last-Event-ID` whenever it breaks.

Every event is given once and in order, however often the connection is lost.
"""

import json
import time
from contextlib import suppress
from typing import Any, TypeAlias, cast

import httpx2

from jobmill_client.errors import NotReachable, Unavailable
from jobmill_client.exchange import Terms, answer, open_answer
from jobmill_client.models import Event, Job, Update
from jobmill_client.paging import each
from jobmill_client.reading import read
from jobmill_client.steps import Close, Item, Next, Opened, Pause, Request, Stream

SILENCE_SECONDS = 60.0
AWAY_SECONDS = 30.0
NOTHING_MORE = 204
PROGRESS, DELETED = "progress", "job.deleted"
Frame: TypeAlias = Event | Update


def follow(terms: Terms, job: str, after: int) -> Stream[Frame]:
    """Events after the number `after`, with progress in between, until the job has ended.

    Outlives a restart of the server. Raises NotReachable when it stays away for longer than
    `AWAY_SECONDS`, and NotFound when the job is gone.
    """
    return _Follower(terms, job, after, progress=True).frames()


def follow_events(terms: Terms, job: str, after: int) -> Stream[Event]:
    """Like `follow`, without progress."""
    return cast("Stream[Event]", _Follower(terms, job, after, progress=False).frames())


class _Follower:
    """Follows one job from the event number `after` on."""

    def __init__(self, terms: Terms, job: str, after: int, *, progress: bool) -> None:
        self._terms = terms
        self._job = job
        self._last = after
        self._progress = progress
        self._pauses = terms.patience.pauses()
        self._met_at = time.monotonic()

    def frames(self) -> Stream[Frame]:
        while True:
            with suppress(NotReachable, Unavailable):
                yield from self._connected()
            try:
                found = yield from answer(self._terms, Request("GET", f"jobs/{self._job}"))
                ended = read(Job, found).ended
                self._met_at = time.monotonic()
            except (NotReachable, Unavailable):
                ended = False
                if time.monotonic() - self._met_at > AWAY_SECONDS:
                    raise
            if ended:
                yield from self._rest()
                return
            yield Pause(next(self._pauses, self._terms.patience.longest_pause))

    def _connected(self) -> Stream[Frame]:
        """The frames of one connection; frames already given are passed over."""
        headers = {"accept": "text/event-stream", "cache-control": "no-store"}
        if self._last:
            headers["last-event-id"] = str(self._last)
        path = f"jobs/{self._job}/events"
        request = Request("GET", path, headers=headers, silence=SILENCE_SECONDS)
        opened = yield from open_answer(self._terms, request)
        with suppress(httpx2.TransportError):
            yield from self._told(opened)
        yield Close(opened)

    def _told(self, opened: Opened) -> Stream[Frame]:
        if opened.status == NOTHING_MORE:
            return
        while (sent := (yield Next(opened, "events"))) is not None and sent.event != DELETED:
            frame = self._frame(sent)
            if frame is not None:
                self._pauses = self._terms.patience.pauses()
                yield Item(frame)
                self._met_at = time.monotonic()

    def _frame(self, sent: httpx2.ServerSentEvent) -> Frame | None:
        if not sent.data:  # such as a lone `retry:`
            return None
        data: Any = json.loads(sent.data)
        if sent.event == PROGRESS:
            return read(Update, data) if self._progress else None
        event = read(Event, data)
        if event.number <= self._last:
            return None
        self._last = event.number
        return event

    def _rest(self) -> Stream[Event]:
        """What the list of events has and the stream had no time to say."""
        path, after = f"jobs/{self._job}/events", {"after": self._last or None}
        yield from each(self._terms, Event, path, after)
