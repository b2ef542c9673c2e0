"""A dialect's service, made when it is first asked: graphql-core and a schema take a tenth of a
second and 25 MB, which a server that serves no GraphQL should not pay."""

import asyncio
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jobmill.http.graphql.service import GraphQLService


class LoadedOnce:
    """`make` imports what it needs itself. It is called once, in a thread."""

    def __init__(self, make: "Callable[[], GraphQLService]") -> None:
        self._make = make
        self._lock = Lock()
        self._made: GraphQLService | None = None

    async def get(self) -> "GraphQLService":
        """The service, made now if nobody asked before."""
        if self._made is None:
            return await asyncio.to_thread(self._load)
        return self._made

    def _load(self) -> "GraphQLService":
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made
