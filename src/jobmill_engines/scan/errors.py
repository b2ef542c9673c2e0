"""The expected end of a scan that is neither a result nor the file's fault."""


class DetectorFailed(Exception):
    """Every feature asked for failed by a fault of this program; carries the first reason."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
