"""One audio stream within one window: where its frames go. Decodes nothing, decides nothing."""

from collections.abc import Callable
from fractions import Fraction

from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream

from jobmill_engines.media.clock import Clock
from jobmill_engines.scan.blocks import BlockMaker, Shape
from jobmill_engines.scan.channels import Section
from jobmill_engines.scan.loudness import LoudnessMeter


class Track:
    """One stream within one window."""

    def __init__(self, stream: AudioStream, clock: Clock) -> None:
        self.stream = stream
        self.number = stream.index
        self.clock = clock
        self.shape: Shape | None = None
        self.maker: BlockMaker | None = None
        self.push: Callable[[AudioFrame], None] = _not_started
        self.section: Section | None = None
        self.first_channel = 0
        self.loudness: LoudnessMeter | None = None

    def start(self, maker: BlockMaker) -> None:
        self.maker, self.push = maker, maker.push

    @property
    def reached(self) -> Fraction:
        return self.maker.time if self.maker is not None else self.clock.reached


def declared_shape(stream: AudioStream) -> Shape:
    """The shape that the container announces; frames may come in another."""
    codec = stream.codec_context
    layout = codec.layout
    return Shape(
        codec.sample_rate,
        layout.nb_channels,
        layout.name,
        codec.format.name if codec.format else "",
    )


def _not_started(_frame: AudioFrame) -> None:
    raise ValueError("the stream has not begun")
