"""Times as captions write them. Pure."""


def clock_time(ms: float, mark: str = ".") -> str:
    """`01:02:03.004`, to the millisecond; hours go on beyond 99."""
    whole = max(0, int(ms + 0.5))
    seconds, millis = divmod(whole, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}{mark}{millis:03d}"


def time_code(ms: float, frames_per_second: int) -> str:
    """`01:02:03:04`, counted without dropped frames."""
    frames = max(0, int(ms * frames_per_second / 1000 + 0.5))
    seconds, frame = divmod(frames, frames_per_second)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours:02d}:{minute:02d}:{second:02d}:{frame:02d}"
