"""The expected end of an attempt to read media that is not a result."""


class MediaRejected(Exception):
    """The file, or what was asked of it, cannot be worked on; another attempt will not help."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
