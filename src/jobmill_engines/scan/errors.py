"""The expected ends of a scan that are not a result."""


class MediaRejected(Exception):
    """The file, or what was asked of it, cannot be scanned; another attempt will not help."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class DetectorFailed(Exception):
    """Every feature asked for failed by a fault of this program; carries the first reason."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
