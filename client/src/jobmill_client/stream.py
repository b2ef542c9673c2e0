"""A job's live stream: events and progress, resumed by `Last-Event-ID` whenever it breaks.

Every event is given once and in order, however often the connection is lost.
"""

import json
import time
from collections.abc import Iterator
from contextlib import suppress

import httpx2

from jobmill_client.connection import Connection
from jobmill_client.errors import NotReachable, Unavailable
from jobmill_client.models import Event, Job, Update
from jobmill_client.paging import read_pages
from jobmill_client.reading import read
from jobmill_client.retrying import Patience

SILENCE_SECONDS = 60.0
AWAY_SECONDS = 30.0
NOTHING_MORE = 204
PROGRESS, DELETED = "progress", "job.deleted"
Frame = Event | Update


def follow(connection: Connection, job: str, after: int, patience: Patience) -> Iterator[Frame]:
    """Frames after the event number `after`, until the job has ended and all was given.

    Outlives a restart of the server. Raises NotReachable when it stays away for longer than
    `AWAY_SECONDS`, and NotFound when the job is gone.
    """
    last, met_at = after, time.monotonic()
    pauses = patience.pauses()
    while True:
        with suppress(httpx2.TransportError, NotReachable, Unavailable):
            for frame in _connected(connection, job, last):
                pauses = patience.pauses()
                if isinstance(frame, Event):
                    last = frame.number
                yield frame
                met_at = time.monotonic()
        try:
            ended = read(Job, connection.call("GET", f"jobs/{job}")).ended
            met_at = time.monotonic()
        except (NotReachable, Unavailable):
            ended = False
            if time.monotonic() - met_at > AWAY_SECONDS:
                raise
        if ended:
            yield from _rest(connection, job, last)
            return
        time.sleep(next(pauses, patience.longest_pause))


def _connected(connection: Connection, job: str, last: int) -> Iterator[Frame]:
    """The frames of one connection; frames already given are passed over."""
    headers = {"accept": "text/event-stream", "cache-control": "no-store"}
    if last:
        headers["last-event-id"] = str(last)
    with connection.stream(
        "GET", f"jobs/{job}/events", headers=headers, silence=SILENCE_SECONDS
    ) as response:
        if response.status_code == NOTHING_MORE:
            return
        for sent in httpx2.EventSource(response):
            if not sent.data:  # such as a lone `retry:`
                continue
            data = json.loads(sent.data)
            if sent.event == DELETED:
                return
            if sent.event == PROGRESS:
                yield read(Update, data)
                continue
            event = read(Event, data)
            if event.number > last:
                last = event.number
                yield event


def _rest(connection: Connection, job: str, last: int) -> Iterator[Event]:
    """What the list of events has and the stream had no time to say."""
    for event in read_pages(Event, connection, f"jobs/{job}/events", {"after": last or None}):
        if event.number > last:
            yield event
