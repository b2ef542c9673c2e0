"""Content templates: JSON that follows a schema of somebody's, kept as an asset of a recording.

The schemas themselves are not kept here, so that nothing is checked against them.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_json

from jobmill.core.errors import InvalidInput
from jobmill.core.ids import ItemNumber
from jobmill.core.items import Item, Naming, StoredBytes, add_upload
from jobmill.core.items.service.items import hold_asset
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.dialects.aiware.errors import NotServed
from jobmill.dialects.aiware.graphql.call import Call
from jobmill.dialects.aiware.mapping.recordings import asset_extras_from
from jobmill.http.receiving import drop_unnamed

CONTENT_TEMPLATE = "content-template"
FIELD = "input.contentTemplates"
MOST = 100
MOST_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class Template:
    """The data of a template, stored already."""

    schema: str
    stored: StoredBytes


@asynccontextmanager
async def stored_templates(call: Call, given: Mapping[str, Any]) -> AsyncIterator[list[Template]]:
    """The templates of an input; unless the block names their bytes, they go again."""
    asked = given.get("contentTemplates") or ()
    if not asked:
        yield []
        return
    texts = [(str(each["schemaId"]), _text(i, each)) for i, each in enumerate(asked[: MOST + 1])]
    if len(texts) > MOST:
        raise InvalidInput(f"{FIELD}: at most {MOST}.", field=FIELD)
    house, organization, found = call.house, call.who.organization, []
    async with house.blobs.holding():
        try:
            for schema, text in texts:
                stored = await house.blobs.put(organization, _whole(text), MOST_BYTES)
                found.append(Template(schema, stored))
            yield found
        except BaseException:
            for each in found:
                await drop_unnamed(house, organization, each.stored)
            raise


def _text(place: int, given: Mapping[str, Any]) -> bytes:
    if given.get("data") is None:
        field = f"{FIELD}[{place}].data"
        raise NotServed(
            f"{field}: give the data itself; objects by sdoId are not kept.", field=field
        )
    return to_json(given["data"])


async def _whole(text: bytes) -> AsyncIterator[bytes]:
    yield text


def put_templates(work: UnitOfWork, call: Call, item: Item, templates: list[Template]) -> None:
    """Make each template an asset of the recording."""
    for each in templates:
        naming = Naming(f"{CONTENT_TEMPLATE}.json", "application/json")
        asset = add_upload(work.assets, call.who, naming, each.stored, call.now)
        hold_asset(
            work.items,
            call.who,
            ItemNumber(item.number),
            CONTENT_TEMPLATE,
            asset,
            call.now,
            extras=asset_extras_from({"sourceData": {"schemaId": each.schema}}),
        )
