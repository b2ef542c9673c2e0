"""One call while it is answered, with what this vendor tells people who have shown no token."""

from typing import ClassVar

from jobmill.http.graphql import call


class Call(call.Call):
    """What resolvers get."""

    __slots__ = ()
    ASK: ClassVar[str] = "Send a token: 'Authorization: Bearer TOKEN'. userLogin gives one."
