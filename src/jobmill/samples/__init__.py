"""Media of known contents: files made on the spot together with the truth about them.

Used by the demo, the tests and the benchmarks. Needs PyAV and NumPy; knows no job and no engine.
"""

from jobmill.samples.demo import demo_media
from jobmill.samples.model import AudioTrack, Picture, Sample, Sound, Span, Truth, VideoTrack
from jobmill.samples.write import make_sample

__all__ = [
    "AudioTrack",
    "Picture",
    "Sample",
    "Sound",
    "Span",
    "Truth",
    "VideoTrack",
    "demo_media",
    "make_sample",
]
