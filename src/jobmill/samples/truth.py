"""Works out from a sample's description what is in it. Must not look at the file."""

from fractions import Fraction

from jobmill.samples.model import AudioTrack, Picture, Span, Truth, VideoTrack
from jobmill.samples.sound import label_of

_CUTTING = frozenset({"scene", "static"})
_STILL = frozenset({"static", "black", "hold"})
_BLACK = frozenset({"black", "noisy_black"})


def truth_of(audio: tuple[tuple[AudioTrack, int], ...], video: VideoTrack | None) -> Truth:
    """The truth of a file; audio format is that of the first audio track alone.

    Each audio track comes with its number of channels.
    """
    lengths = [track.seconds for track, _ in audio] + ([video.seconds] if video else [])
    duration = max(lengths)
    formats = _formats(*audio[0], duration) if audio else ()
    if video is None:
        return Truth(duration, formats, _silence(formats, duration))
    return Truth(
        duration,
        formats,
        _silence(formats, duration),
        black=_runs(video, _BLACK, "black"),
        still=_still(video),
        shots=_shots(video),
    )


def _formats(track: AudioTrack, channels: int, duration: float) -> tuple[Span, ...]:
    spans: list[Span] = []
    start = 0.0
    for sound in track.sounds:
        end = start + sound.seconds
        _append(spans, Span(start, end, label_of(sound, channels)))
        start = end
    if duration - start > 1e-9:
        _append(spans, Span(start, duration, "silence"))
    return tuple(spans)


def _silence(formats: tuple[Span, ...], duration: float) -> tuple[Span, ...]:
    if not formats:
        return (Span(0.0, duration, "silence"),)
    return tuple(span for span in formats if span.label == "silence")


def _append(spans: list[Span], span: Span) -> None:
    if spans and spans[-1].label == span.label:
        spans[-1] = Span(spans[-1].start, span.end, span.label)
    else:
        spans.append(span)


def _starts(video: VideoTrack) -> list[tuple[Picture, int]]:
    starts, frame = [], 0
    for picture in video.pictures:
        starts.append((picture, frame))
        frame += picture.frames
    return starts


def _at(frame: float, fps: Fraction) -> float:
    return float(Fraction(frame) / fps)


def _runs(video: VideoTrack, kinds: frozenset[str], label: str) -> tuple[Span, ...]:
    spans: list[Span] = []
    for picture, frame in _starts(video):
        if picture.kind in kinds:
            start, end = _at(frame, video.fps), _at(frame + picture.frames, video.fps)
            if spans and abs(spans[-1].end - start) < 1e-9:
                start = spans.pop().start
            spans.append(Span(start, end, label))
    return tuple(spans)


def _still(video: VideoTrack) -> tuple[Span, ...]:
    """A held picture begins with the frame that is held: the last one before it."""
    spans: list[Span] = []
    for picture, frame in _starts(video):
        if picture.kind not in _STILL:
            continue
        first = frame - 1 if picture.kind == "hold" and frame else frame
        start, end = _at(first, video.fps), _at(frame + picture.frames, video.fps)
        if picture.kind == "hold" and spans and spans[-1].end > start:
            start = spans.pop().start
        spans.append(Span(start, end, "black" if picture.kind == "black" else "frozen"))
    return tuple(spans)


def _shots(video: VideoTrack) -> tuple[Span, ...]:
    """Hard cuts at the exact frame; a dissolve changes shot in its middle."""
    cuts, before_black = [0], False
    for picture, frame in _starts(video):
        black = picture.kind in _BLACK
        if (picture.kind in _CUTTING or (black and not before_black)) and frame:
            cuts.append(frame)
        elif picture.kind == "dissolve":
            cuts.append(frame + picture.frames // 2)
        before_black = black or (before_black and picture.kind == "hold")
    ends = [*cuts[1:], video.frames]
    return tuple(
        Span(_at(start, video.fps), _at(end, video.fps), "shot")
        for start, end in zip(cuts, ends, strict=True)
    )
