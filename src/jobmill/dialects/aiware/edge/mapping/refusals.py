"""What a body of Edge may ask for and is not served here."""

from jobmill.core.errors import InvalidInput


class PushNotServed(InvalidInput):
    """Bytes cannot be pushed into a route in this way."""
