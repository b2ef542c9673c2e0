"""A sender of webhooks with everything around it: a real database, a post office that is told how
each request ends, and a clock that stands still."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from jobmill.core.accounts import Principal
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.webhooks import Delivery, Endpoint, Posted, Rendered
from jobmill.core.webhooks.filters import PING
from jobmill.core.webhooks.ports import DeliveryQuery, Room
from jobmill.core.webhooks.service import (
    EndpointSpec,
    Mailroom,
    create_endpoint,
    get_endpoint,
    ping_endpoint,
)
from jobmill.core.webhooks.standard import STANDARD
from jobmill.runtime import DeliverySender
from tests.runtime.world import PATIENCE, World

OK = Posted(3, 204)
DOWN = Posted(7, error="refused the connection")


class PlainVault:
    """Seals by turning round; opens only in its context."""

    def seal(self, secret: str, context: str) -> str:
        return f"{context}|{secret[::-1]}"

    def open(self, sealed: str, context: str) -> str:
        where, _, turned = sealed.partition("|")
        assert where == context
        return turned[::-1]


@dataclass
class PostOffice:
    """A `Poster`. `ends` says how each request to an address ends; `hold` keeps some under way."""

    ends: Callable[[str, Rendered], Posted] = lambda url, rendered: OK
    posted: list[tuple[str, Rendered]] = field(default_factory=list)
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    under_way: dict[str, int] = field(default_factory=dict)
    most: dict[str, int] = field(default_factory=dict)

    def hold(self, url: str) -> asyncio.Event:
        """Requests to this address do not end until the event is set."""
        return self.held.setdefault(url, asyncio.Event())

    async def post(self, url: str, rendered: Rendered) -> Posted:
        self.posted.append((url, rendered))
        self.under_way[url] = self.under_way.get(url, 0) + 1
        self.most[url] = max(self.most.get(url, 0), self.under_way[url])
        try:
            if url in self.held:
                await self.held[url].wait()
            return self.ends(url, rendered)
        finally:
            self.under_way[url] -= 1

    def ids(self, url: str) -> list[str]:
        return [rendered.headers["webhook-id"] for to, rendered in self.posted if to == url]


class Postal:
    """A world, and the webhooks of its organization."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.office = PostOffice()
        self.room = Mailroom(PlainVault(), {STANDARD.name: STANDARD}, lambda url: None)
        self._senders: list[asyncio.Task[None]] = []

    @property
    def who(self) -> Principal:
        """An admin: endpoints are their business."""
        return replace(self.world.who, admin=True)

    def start(self, owner: str = "sender-1", room: Room | None = None) -> "asyncio.Task[None]":
        sender = DeliverySender(
            owner,
            self.world.database,
            self.world.real.bell,
            self.office,
            self.room.vault,
            self.room.formats,
            self.world.clock,
            room=room,
            jitter=lambda: 0.0,
        )
        task = asyncio.create_task(sender.run())
        self._senders.append(task)
        return task

    async def end(self) -> None:
        for each in self._senders:
            each.cancel()
        await asyncio.gather(*self._senders, return_exceptions=True)

    async def do(self, work: Callable[[UnitOfWork], Any]) -> Any:
        return await self.world.real.write(work)

    async def endpoint(self, url: str, *events: str, style: str = STANDARD.name) -> Endpoint:
        spec = EndpointSpec(url, events or None, format=style)
        now = self.world.clock.now()
        made = await self.do(
            lambda work: create_endpoint(work.webhooks, self.room, self.who, spec, now)
        )
        found: Endpoint = made.endpoint
        return found

    async def again(self, endpoint: Endpoint) -> Endpoint:
        found: Endpoint = await self.do(
            lambda work: get_endpoint(work.webhooks, self.who, endpoint.id)
        )
        return found

    async def ping(self, endpoint: Endpoint, count: int = 1) -> list[Delivery]:
        now = self.world.clock.now()

        def ping(work: UnitOfWork) -> list[Delivery]:
            return [ping_endpoint(work.webhooks, self.who, endpoint.id, now) for _ in range(count)]

        made: list[Delivery] = await self.do(ping)
        return made

    async def log(self, endpoint: Endpoint) -> Sequence[Delivery]:
        """Oldest first."""
        query = DeliveryQuery(endpoint.number, limit=10_000)
        found = await self.world.real.read(lambda work: work.webhooks.deliveries.find(query))
        return list(reversed(found))

    async def until(self, true: Callable[[], Any]) -> Any:
        """What is asked for, as soon as it is something; looked at after every commit."""
        async with asyncio.timeout(PATIENCE):
            while True:
                seen = self.world.real.bell.count
                found = await true()
                if found:
                    return found
                await self.world.real.bell.wait(seen, 0.05)

    async def settled(self, endpoint: Endpoint, **states: int) -> Sequence[Delivery]:
        """The log, once so many deliveries stand so."""

        async def look() -> Sequence[Delivery]:
            log = await self.log(endpoint)
            counts = {name: sum(each.state == name for each in log) for name in states}
            return log if counts == states else ()

        return await self.until(look)  # type: ignore[no-any-return]

    async def tried(self, endpoint: Endpoint, times: int) -> Delivery:
        """The endpoint's only delivery, once it has been tried so often."""

        async def look() -> Delivery | None:
            (only,) = await self.log(endpoint)
            return only if only.attempt == times else None

        return await self.until(look)  # type: ignore[no-any-return]

    async def sent(self, url: str, count: int) -> list[str]:
        """The ids of the requests to an address, once so many have begun."""

        async def look() -> list[str]:
            ids = self.office.ids(url)
            return ids if len(ids) >= count else []

        return await self.until(look)  # type: ignore[no-any-return]

    async def job(self, **fields: Any) -> JobGraph:
        return await self.world.submit(**fields)


__all__ = ["DOWN", "OK", "PING", "PostOffice", "Postal"]
