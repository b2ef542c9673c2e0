"""Which pictures to doubt: from a broken one to the next that stands by itself, that one included.

A decoder hides damage by parts of other pictures, and builds on them until a picture comes that
needs no other. Where the damage begins and where it ends the picture may jump without a cut.
"""

from fractions import Fraction

from av.video.frame import VideoFrame

_LONGEST = Fraction(5)


class Damage:
    """Follows the frames of one stream; `pictures` counts those that the decoder called corrupt."""

    def __init__(self) -> None:
        self.pictures = 0
        self._errors = 0
        self._since: Fraction | None = None

    def doubts(self, frame: VideoFrame, time: Fraction, errors: int) -> bool:
        """Whether a change at this frame may be damage. `errors`: damaged packets so far."""
        corrupt = bool(frame.is_corrupt)
        self.pictures += corrupt
        if corrupt or errors != self._errors:
            self._errors, self._since = errors, time
            return True
        if self._since is None:
            return False
        if frame.key_frame or time - self._since > _LONGEST:
            self._since = None
        return True
