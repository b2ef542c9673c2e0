"""Wires webhooks: the vault and the formats, and the sender that runs inside the server."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

from jobmill.adapters.fetch import GuardedPoster
from jobmill.adapters.locks import DataFolder
from jobmill.adapters.vault import KeyFileVault
from jobmill.bootstrap.background import background
from jobmill.core.webhooks import Format
from jobmill.core.webhooks.service import Mailroom
from jobmill.core.webhooks.standard import STANDARD
from jobmill.http.house import House
from jobmill.runtime import DeliverySender


def mailroom(
    folder: DataFolder, check: Callable[[str], None], formats: Iterable[Format], secret: bytes
) -> Mailroom:
    """What endpoints are set up with; `formats` are those of the dialects."""
    every = (each if each.bound is None else each.bound(secret) for each in (STANDARD, *formats))
    known = {each.name: each for each in every}
    return Mailroom(KeyFileVault(folder.secrets_key), known, check)


@asynccontextmanager
async def sending(house: House) -> AsyncIterator[None]:
    """Send webhooks while the context lasts. Any number of processes may do so."""
    room = house.outside.mailroom
    poster = GuardedPoster(house.clock, house.settings.fetch_allow)
    with DataFolder(house.settings.data).sender_seat() as owner:
        sender = DeliverySender(
            owner, house.database, house.bell, poster, room.vault, room.formats, house.clock
        )
        try:
            async with background(sender.run()):
                yield
        finally:
            poster.close()
