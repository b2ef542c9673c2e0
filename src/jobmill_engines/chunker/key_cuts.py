"""Where video is cut without new encoding: at the first key picture at or after each border.

Pure: packets in, "which chunk gets which packet" out. Holds what a chunk carries before its own
span, and little more.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from jobmill_engines.media.coded import Coded

_MOST_HELD = 64 << 20
_MOST_AHEAD = 5
"""Seconds: sound further ahead does not wait, the picture may have ended."""


@dataclass(slots=True)
class OpenChunk:
    """A chunk that takes packets. Times in seconds; `until` None: its border is not known yet."""

    number: int
    start: Fraction
    own_start: Fraction
    own_end: Fraction | None = None
    until: Fraction | None = None
    end: Fraction = Fraction(0)

    def takes(self, coded: Coded, exact: bool) -> bool:
        """Whether a packet that comes now belongs to it."""
        if not coded.video and self.number and coded.shown < self.start:
            return False
        if self.until is None:
            return True
        return (coded.shown if exact or not coded.video else coded.read) < self.until


@dataclass(frozen=True, slots=True)
class Given:
    """This packet belongs to this chunk."""

    chunk: OpenChunk
    coded: Coded


@dataclass(frozen=True, slots=True)
class Closed:
    """This chunk is complete."""

    chunk: OpenChunk


@dataclass(slots=True)
class _Border:
    """A key picture at which a chunk begins, with what came after it until that is certain."""

    key: Coded
    held: list[Coded] = field(default_factory=list)


class KeyCutter:
    """Give packets of both lanes to `feed` in the file's order, then call `finish`.

    Pictures that come after a key picture but are shown before it (an open group) need it: they
    stay with the chunk before, which gets the key picture too.
    """

    def __init__(self, chunk: Fraction, lead: Fraction) -> None:
        self._length = chunk
        self._lead = lead
        self._open: list[OpenChunk] = []
        self._nominal = chunk
        self._border: _Border | None = None
        self._pictures: deque[Coded] = deque()
        self._sound: deque[Coded] = deque()
        self._ahead: deque[Coded] = deque()
        self._held_bytes = 0
        self._read = {True: Fraction(-1), False: Fraction(-1)}
        self._end = Fraction(0)

    def feed(self, coded: Coded) -> Iterator[Given | Closed]:
        """The next packet. Sound that is ahead of the picture waits for it."""
        if not coded.video and self._open:
            self._ahead.append(coded)
            limit = max(self._read[True], coded.shown - _MOST_AHEAD)
        else:
            limit = coded.read
        while self._ahead and self._ahead[0].shown < limit:
            yield from self._take(self._ahead.popleft())
        if coded.video or not self._open:
            yield from self._take(coded)

    def _take(self, coded: Coded) -> Iterator[Given | Closed]:
        if coded.video and not self._open:
            if not coded.key:
                return
            yield from self._begin()
        elif not self._open:
            self._sound.append(coded)
            return
        self._end = max(self._end, coded.end)
        self._read[coded.video] = coded.read
        if self._border is not None:
            self._border.held.append(coded)
            if coded.video and (coded.key or coded.shown > self._border.key.shown):
                yield from self._cut(self._border)
            return
        if coded.video and coded.key and coded.shown >= self._nominal:
            self._border = _Border(coded)
            return
        yield from self._hand_out(coded)

    def finish(self) -> Iterator[Given | Closed]:
        """The end of the packets."""
        while self._ahead:
            yield from self._take(self._ahead.popleft())
        if self._border is not None:
            yield from self._cut(self._border)
        for chunk in self._open:
            chunk.own_end = self._end if chunk.own_end is None else chunk.own_end
            yield Closed(chunk)
        self._open = []

    def _begin(self) -> Iterator[Given]:
        first = OpenChunk(0, Fraction(0), Fraction(0))
        self._open.append(first)
        early, self._sound = list(self._sound), deque()
        for coded in early:
            yield self._given(first, coded)
            self._sound.append(coded)

    def _hand_out(self, coded: Coded) -> Iterator[Given | Closed]:
        for chunk in self._open:
            if chunk.takes(coded, exact=not self._lead):
                yield self._given(chunk, coded)
        self._remember(coded)
        while len(self._open) > 1 and self._is_through(self._open[0]):
            yield Closed(self._open.pop(0))

    def _is_through(self, chunk: OpenChunk) -> bool:
        """Sound may lag behind the picture, by two seconds at most."""
        until = chunk.until
        if until is None or self._read[True] < until:
            return False
        return self._read[False] >= until or self._read[True] >= until + 2

    def _given(self, chunk: OpenChunk, coded: Coded) -> Given:
        chunk.end = max(chunk.end, coded.end)
        return Given(chunk, coded)

    def _cut(self, border: _Border) -> Iterator[Given | Closed]:
        """End the last chunk and begin the next at this key picture."""
        self._border = None
        key = border.key
        before = self._open[-1]
        before.own_end = key.shown
        before.until = key.shown + self._lead
        leading = [c for c in border.held if c.video and c.shown < key.shown]
        if leading and not self._lead:
            for coded in (key, *leading):
                yield self._given(before, coded)
        chunk = OpenChunk(before.number + 1, key.shown, key.shown)
        yield from self._carried(chunk, key)
        self._open.append(chunk)
        while self._nominal <= key.shown:
            self._nominal += self._length
        for coded in (key, *border.held):
            if coded in leading and not self._lead:
                continue
            yield from self._hand_out(coded)

    def _carried(self, chunk: OpenChunk, key: Coded) -> Iterator[Given]:
        """What a chunk carries from before its border, in the order of reading."""
        wanted = key.shown - self._lead
        earlier = [c for c in self._pictures if c.key and c.shown <= wanted] or [
            c for c in self._pictures if c.key
        ][:1]
        carried: list[Coded] = []
        if self._lead and earlier:
            first = earlier[-1]
            chunk.start = first.shown
            pictures = list(self._pictures)
            carried = pictures[pictures.index(first) :]
        carried += [c for c in self._sound if c.shown >= chunk.start]
        for coded in sorted(carried, key=lambda c: c.read):
            yield self._given(chunk, coded)

    def _remember(self, coded: Coded) -> None:
        """Keep what the next chunk may carry: since the last key picture before its lead."""
        if not coded.video:
            self._sound.append(coded)
        elif self._lead:
            self._pictures.append(coded)
            self._held_bytes += coded.packet.size
            self._forget_pictures(coded.read - self._lead)
        first = self._pictures[0].shown if self._pictures else self._read[True]
        while self._sound and self._sound[0].end <= first:
            self._sound.popleft()

    def _forget_pictures(self, wanted: Fraction) -> None:
        keys = [c for c in self._pictures if c.key and c.shown <= wanted]
        last = keys[-1] if keys else None
        while self._pictures and (
            (last is not None and self._pictures[0] is not last) or self._held_bytes > _MOST_HELD
        ):
            self._held_bytes -= self._pictures.popleft().packet.size
