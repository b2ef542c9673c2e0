"""What a request got wrong."""

from jobmill.core.errors.families import InvalidInput


class UnknownFeature(InvalidInput):
    """No installed engine offers this feature."""

    code = "unknown_feature"


class UnknownEngine(InvalidInput):
    """No engine of this id is installed."""

    code = "unknown_engine"


class MediaNotTaken(InvalidInput):
    """An engine of the job does not take media of this type."""

    code = "media_not_taken"


class GraphInvalid(InvalidInput):
    """The tasks and routes do not form a graph that can run."""

    code = "graph_invalid"


class PathNotAllowed(InvalidInput):
    """The path does not lie under a media root."""

    code = "path_not_allowed"


class InputMissing(InvalidInput):
    """There is no file at this place."""

    code = "input_missing"


class AddressNotAllowed(InvalidInput):
    """The address is not public, and no setting opens it."""

    code = "address_not_allowed"


class MalformedBody(InvalidInput):
    """The body is not valid JSON."""

    code = "malformed_body"


class UnsupportedBody(InvalidInput):
    """A body of this type cannot be taken here."""

    code = "unsupported_body"


class ChecksumMismatch(InvalidInput):
    """The bytes do not have the checksum that was sent with them; send them again."""

    code = "checksum_mismatch"


class UnsupportedChecksum(InvalidInput):
    """The server does not know how to compute this kind of checksum."""

    code = "unsupported_checksum"


class UnsupportedTusVersion(InvalidInput):
    """The server does not speak this version of tus."""

    code = "unsupported_tus_version"


class SizeMismatch(InvalidInput):
    """Not as many bytes came as were declared."""

    code = "size_mismatch"


class GrantInvalid(InvalidInput):
    """The code or the refresh token is not valid, or was used before."""

    code = "grant_invalid"
