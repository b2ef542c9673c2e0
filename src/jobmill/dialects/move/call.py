"""One call while it is answered, and who makes it: the key stands bare in its header."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import ClassVar

from starlette.requests import Request

from jobmill.core.items import Asset, Link, LinkMethod
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.http.addresses import link_address
from jobmill.http.graphql import call

NATIVE = "/api/v1"
LASTS = timedelta(days=1)


class Call(call.Call):
    """What resolvers get."""

    __slots__ = ()
    ASK: ClassVar[str] = "Send your API key in the header 'authorization'."

    @contextmanager
    def looking(self, work: UnitOfWork) -> Iterator[None]:
        """For what reads while it writes: the unit of work is the view for so long."""
        self.view = work
        try:
            yield
        finally:
            self.view = None
            self.kept.clear()

    def signed(self, asset: Asset, method: LinkMethod, lasts: timedelta = LASTS) -> str:
        """An address for this version of an asset that needs no key, for a time."""
        ends = (self.now + lasts).replace(microsecond=0)
        link = Link(method, asset.organization, asset.handle, asset.version, ends)
        return link_address(self.request, self.house, NATIVE, link)


def key_of(request: Request) -> str | None:
    """The key: bare in `authorization`, behind `Bearer`, or in `x-api-key`."""
    given = request.headers.get("authorization", "").strip()
    scheme, _, word = given.partition(" ")
    if scheme.lower() == "bearer":
        given = word.strip()
    return given or request.headers.get("x-api-key", "").strip() or None
