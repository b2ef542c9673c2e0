"""Volumes: spaces that several cameras see, kept for the jobs of their takes."""

from typing import Any

from jobmill.core.items import AssetState, Item, ItemKind
from jobmill.dialects.move.call import Call
from jobmill.dialects.move.finding import assets_in, page_of_items, volume_named, whole
from jobmill.dialects.move.mapping.cameras import LENSES, RIGS
from jobmill.dialects.move.mapping.ids import VOLUME, id_of
from jobmill.dialects.move.mapping.states import FINISHED, NOT_STARTED
from jobmill.dialects.move.mapping.takes import NORMAL, kept_of, new_volume, sources_from
from jobmill.dialects.move.resolvers.client import client_of
from jobmill.dialects.move.resolvers.takes import make_item, metadata_of, sources_of


def get_volume(source: Any, call: Call, id: str) -> Item:  # noqa: A002
    """A volume."""
    call.spend(1)
    return volume_named(call.work, call, id)


def list_volumes(
    source: Any,
    call: Call,
    first: int | None = None,
    after: Any = None,
    sortDirection: str | None = None,  # noqa: N803
) -> dict[str, Any]:
    """A page of volumes."""
    return page_of_items(call, ItemKind.VOLUME, first, after, sortDirection)


async def create_volume(call: Call, **given: Any) -> Item:
    """A volume, from the films of a person who walks in it."""
    sources = sources_from(given.get("sources"), cameras=2)
    new = new_volume(given, sources)
    return await call.house.database.write(lambda work: make_item(work, call, new, sources))


def _state(item: Item, call: Call) -> str:
    """It is complete when its films are there: they are measured by the jobs that need them."""
    here = all(each.asset.state is not AssetState.AWAITING for each in assets_in(call, item))
    return FINISHED if here else NOT_STARTED


def _progress(item: Item, call: Call) -> dict[str, Any]:
    state = _state(item, call)
    percentage = 100 if state == FINISHED else 0
    return {
        "state": state,
        "percentageComplete": percentage,
        "percentage_complete": percentage,
    }


def list_lenses(source: Any, call: Call) -> dict[str, Any]:
    """The lenses that sources may name; other names are taken too."""
    call.who  # noqa: B018  only for callers with a key
    return whole(call, [{"lens": lens} for lens in LENSES])


def list_rigs(source: Any, call: Call) -> dict[str, Any]:
    """The rigs that a job of several cameras may name."""
    call.who  # noqa: B018
    return whole(call, [{"name": name} for name in RIGS])


VOLUME_FIELDS: dict[str, Any] = {
    "id": lambda item, call: id_of(VOLUME, item.id),
    "client": client_of,
    "created": lambda item, call: item.created_at,
    "metadata": metadata_of,
    "name": lambda item, call: item.name,
    "areaType": lambda item, call: kept_of(item).get("areaType", NORMAL),
    "humanHeight": lambda item, call: kept_of(item).get("humanHeight"),
    "clipWindow": lambda item, call: kept_of(item).get("clipWindow"),
    "sources": sources_of,
    "outputs": lambda item, call: [],
    "state": _state,
    "progress": _progress,
}
RESOLVERS: dict[str, dict[str, Any]] = {
    "Query": {
        "getVolume": get_volume,
        "listVolumes": list_volumes,
        "listCameraSettings": list_lenses,
        "listRigs": list_rigs,
    },
    "HumanVolume": VOLUME_FIELDS,
}
ACTIONS = {"createVolumeWithHuman": create_volume}
