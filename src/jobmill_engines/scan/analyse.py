"""The scan of one file: what is asked, over one decode of its sound and one of its pictures.

Sound and pictures are decoded side by side on two threads, each from its own open file, so that
neither waits for the other and memory stays flat whatever the length.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import av.logging

from jobmill_engines.media.containers import Format, open_media, sniff
from jobmill_engines.media.decode import Reader
from jobmill_engines.media.errors import MediaRejected
from jobmill_engines.media.steady import NotSteady, SteadyReader
from jobmill_engines.media.streams import sound_streams
from jobmill_engines.scan.audio_pass import (
    AudioAsked,
    AudioFound,
    AudioPass,
    SoundReader,
    first_channels,
)
from jobmill_engines.scan.document import document, observed_end
from jobmill_engines.scan.errors import DetectorFailed
from jobmill_engines.scan.media import Media, describe
from jobmill_engines.scan.picture_pass import PictureAsked, PictureFound, PicturePass
from jobmill_engines.scan.report import Failures, Listener, Meter
from jobmill_engines.scan.request import (
    AUDIO_FEATURES,
    AUDIO_FORMAT,
    FREEZE,
    IN_BLACK,
    IN_BLACK_SILENCE_DB,
    LOUDNESS,
    PICTURE_FEATURES,
    SHOT_CHANGE_DETECTION,
    SILENCE,
    Request,
    read_request,
)


def analyse(
    path: Path,
    features: Sequence[str],
    parameters: Mapping[str, Any],
    segments: Sequence[Mapping[str, Any]] | None,
    listener: Listener,
) -> dict[str, Any]:
    """Scan a file and return the result document.

    `parameters` maps a feature to its parameters; `segments` are {"start_ms", "end_ms"}, None the
    whole file. A feature that fails is missing from the document and told to the listener.
    Raises `MediaRejected` when the file or the request is at fault, `DetectorFailed` when every
    feature failed by a fault of ours.
    """
    av.logging.set_level(None)
    request = read_request(features, parameters, segments)
    return _Scan(path, request, listener).run()


class _Scan:
    def __init__(self, path: Path, request: Request, listener: Listener) -> None:
        self._path = path
        self._request = request
        self._listener = listener
        self._failures = Failures()
        self._stop = threading.Event()
        self._format: Format = sniff(path)
        self._audio = AudioFound()
        self._left_out = 0
        self._picture = PictureFound()

    def run(self) -> dict[str, Any]:
        with open_media(self._path, self._format) as container:
            media = describe(container)
        wanted = self._applicable(media)
        sound = [name for name in wanted if name in AUDIO_FEATURES]
        if media.has_audio and IN_BLACK in wanted:
            sound.append(IN_BLACK)
        pictures = [name for name in wanted if name in PICTURE_FEATURES]
        jobs: list[Callable[[], None]] = []
        if sound:
            jobs.append(lambda: self._hear(media, sound))
        if pictures:
            jobs.append(lambda: self._look(media, pictures))
        self._side_by_side(jobs)
        self._check_decoded(sound, pictures)
        stored, start = self._format.stores_length, self._request.windows[-1].start
        end = observed_end(media, self._audio, self._picture, stored, start)
        self._tell(media, end)
        return document(media, self._request, self._audio, self._picture, end, self._failures)

    def _applicable(self, media: Media) -> list[str]:
        """The features that this file can have; the others fail with the reason."""
        if not media.has_audio and not media.has_video:
            raise MediaRejected("no_streams", "The file holds neither audio nor video to look at.")
        wanted = []
        for name in self._request.features:
            if name in AUDIO_FEATURES and not media.has_audio:
                self._failures.add(name, "no_audio", "The file has no audio.")
            elif name in PICTURE_FEATURES and not media.has_video:
                self._failures.add(name, "no_video", "The file has no moving picture.")
            else:
                wanted.append(name)
        self._give_up_if_nothing_is_left()
        return wanted

    def _give_up_if_nothing_is_left(self) -> None:
        reasons = self._failures.reasons
        if any(name not in reasons for name in self._request.features):
            return
        code, message = reasons[self._request.features[0]]
        if code == "detector_failed":
            raise DetectorFailed(code, f"{self._request.features[0]}: {message}")
        raise MediaRejected(code, message)

    def _side_by_side(self, jobs: Sequence[Callable[[], None]]) -> None:
        """Run the passes; the first exception of any stops the others and is raised."""
        raised: list[BaseException] = []

        def work(job: Callable[[], None]) -> None:
            try:
                job()
            except BaseException as error:
                raised.append(error)
                self._stop.set()

        threads = [threading.Thread(target=work, args=(job,), daemon=True) for job in jobs[1:]]
        for thread in threads:
            thread.start()
        for job in jobs[:1]:
            work(job)
        for thread in threads:
            thread.join()
        if raised:
            raise raised[0]

    def _hear(self, media: Media, features: Sequence[str]) -> None:
        request = self._request
        levels = {SILENCE: request.silence_db, IN_BLACK: IN_BLACK_SILENCE_DB}
        asked = AudioAsked(
            formats=AUDIO_FORMAT in features,
            loudness=LOUDNESS in features,
            silences=tuple((name, levels[name]) for name in features if name in levels),
            compressed_channels=request.compressed_channels,
        )
        told = [name for name in features if name != IN_BLACK]
        meter = Meter(self._listener, told, request.windows, media.duration, self._stop)
        with open_media(self._path, self._format) as container:
            every = sound_streams(container)
            streams = first_channels(every)
            self._left_out = len(every) - len(streams)

            def heard(reader: SoundReader) -> AudioFound:
                exact = self._format.exact_seek
                passing = AudioPass(streams, reader, media, asked, self._failures, meter, exact)
                return passing.run(request.windows)

            if len(streams) == 1 and SteadyReader.suits(self._format, streams[0]):
                with suppress(NotSteady):
                    steady = SteadyReader(self._path, self._format, streams[0], media.origin)
                    self._audio = heard(steady)
                    return
            self._audio = heard(Reader(container, streams))

    def _look(self, media: Media, features: Sequence[str]) -> None:
        request = self._request
        asked = PictureAsked(
            shots=SHOT_CHANGE_DETECTION in features,
            black=request.black_value if IN_BLACK in features else None,
            freeze=request.freeze_noise if FREEZE in features else None,
        )
        meter = Meter(self._listener, features, request.windows, media.duration, self._stop)
        with open_media(self._path, self._format) as container:
            pictures = PicturePass(
                container, media, asked, self._failures, meter, self._format.exact_seek
            )
            self._picture = pictures.run(request.windows)

    def _check_decoded(self, sound: Sequence[str], pictures: Sequence[str]) -> None:
        """A stream of which nothing could be decoded has no result."""
        nothing = "Nothing of it could be decoded: the file is damaged, or its codec is not known."
        if sound and not self._audio.frames:
            for name in sound:
                self._failures.add(name, "no_audio_decoded", "The file has audio. " + nothing)
        if pictures and not self._picture.frames:
            for name in pictures:
                self._failures.add(name, "no_video_decoded", "The file has video. " + nothing)
        self._give_up_if_nothing_is_left()

    def _tell(self, media: Media, end: Fraction) -> None:
        """Warn of what was met on the way."""
        for name, (code, message) in self._failures.reasons.items():
            self._listener.warn(code, message, name)
        errors = self._audio.errors + self._picture.errors
        if errors:
            what = "packet or picture is" if errors == 1 else "packets or pictures are"
            self._listener.warn("decode_errors", f"{errors} {what} damaged.")
        if self._audio.breaks + self._picture.breaks:
            count = self._audio.breaks + self._picture.breaks
            self._listener.warn(
                "timestamps_broken",
                f"The time stamps ran backwards or leapt {count} times; time was counted on.",
            )
        if self._left_out:
            self._listener.warn(
                "channels_left_out", f"{self._left_out} audio streams beyond 16 channels."
            )
        if self._audio.not_measured and LOUDNESS not in self._failures.reasons:
            self._listener.warn(
                "layout_not_measured",
                f"{self._audio.not_measured} audio streams have a set of channels for which no"
                " loudness is defined.",
            )
        if self._is_cut_off(media, end):
            self._listener.warn(
                "truncated",
                f"The file declares {float(media.duration or 0):.3f} s but ends at"
                f" {float(end):.3f} s.",
            )

    def _is_cut_off(self, media: Media, end: Fraction) -> bool:
        open_end = self._request.windows[-1].end is None
        stored = self._format.stores_length
        return stored and open_end and media.duration is not None and end < media.duration - 1
