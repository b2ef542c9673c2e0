"""Takes and volumes are items: the files of their sources stand in roles, the rest in extras."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobmill.core.errors import InvalidInput
from jobmill.core.items import Item, ItemKind
from jobmill.core.items.service.items import SOURCE, NewItem
from jobmill.dialects.move.mapping.create_job import DIALECT, MULTI, SINGLE, window_from
from jobmill.dialects.move.mapping.ids import FILE, uuid_from

# What a phone's app writes beside the film: no film itself.
DATA_FORMAT = "MOVE"
CAMERA_DATA = "camera-data"
MOST_SOURCES = 64
USUAL_LABEL = "camera"
NORMAL = "NORMAL"


@dataclass(frozen=True, slots=True)
class AskedSource:
    """A file in a take; `kept` is it in the vendor's words, `main` the film that jobs look at."""

    file: str
    role: str
    main: bool
    kept: Mapping[str, Any]


def sources_from(given: Sequence[Mapping[str, Any]] | None, *, cameras: int) -> list[AskedSource]:
    """The sources of a take of one camera, or of at least so many. Raises InvalidInput."""
    every = list(given or ())
    films = [each for each in every if each["format"] != DATA_FORMAT]
    if len(every) > MOST_SOURCES:
        raise InvalidInput(f"sources: at most {MOST_SOURCES}.", field="sources")
    if cameras == 1 and len(films) != 1:
        raise InvalidInput(
            f"sources: give exactly one film (MP4, MOV or AVI), not {len(films)}; a take of several"
            " cameras is made by createMultiCamTake.",
            field="sources",
        )
    if len(films) < cameras:
        raise InvalidInput(f"sources: give the films of at least {cameras} cameras.",
                           field="sources")  # fmt: skip
    return [_source(i, each, cameras) for i, each in enumerate(every)]


def _source(place: int, given: Mapping[str, Any], cameras: int) -> AskedSource:
    lens = (given.get("cameraSettings") or {}).get("lens")
    if cameras > 1 and not lens:
        field = f"sources.{place}.cameraSettings.lens"
        raise InvalidInput(f"{field}: say through which lens it was filmed.", field=field)
    file = _file(given["fileId"], f"sources.{place}.fileId")
    data = given["format"] == DATA_FORMAT
    kept = {"deviceLabel": given["deviceLabel"], "file": file, "format": given["format"]}
    if lens:
        kept["lens"] = lens
    return AskedSource(file, CAMERA_DATA if data else SOURCE, cameras == 1 and not data, kept)


def older_sources(video: str, additional: Sequence[Mapping[str, Any]] | None) -> list[AskedSource]:
    """The sources of a take of the older mutation."""
    film = _file(video, "videoFileId")
    kept = {"deviceLabel": USUAL_LABEL, "file": film, "format": "MP4"}
    found = [AskedSource(film, SOURCE, True, kept)]
    for place, each in enumerate(additional or ()):
        file = _file(each["fileId"], f"additionalFileIds.{place}.fileId")
        own = {"deviceLabel": USUAL_LABEL, "file": file, "format": DATA_FORMAT, "key": each["key"]}
        found.append(AskedSource(file, CAMERA_DATA, False, own))
    return found


def _file(given: str, field: str) -> str:
    found = uuid_from(FILE, given)
    if found is None:
        raise InvalidInput(f"{field}: {given!r} is no id of a file.", field=field)
    return found


def new_take(
    given: Mapping[str, Any],
    sources: Sequence[AskedSource],
    volume: str | None = None,
) -> NewItem:
    """The item of a take; with a volume one of several cameras."""
    kept: dict[str, Any] = {
        "kind": SINGLE if volume is None else MULTI,
        "sources": [each.kept for each in sources],
        "metadata": given.get("metadata"),
    }
    if volume is not None:
        kept["volume"] = volume
        kept["sync"] = _sync(given.get("syncMethod"))
    return NewItem(given.get("name") or "", ItemKind.TAKE, extras={DIALECT: kept})


def new_volume(given: Mapping[str, Any], sources: Sequence[AskedSource]) -> NewItem:
    """The item of a volume. Raises InvalidInput for heights that nobody has."""
    height = given["humanHeight"]
    if not 0.5 <= height <= 2.5:
        raise InvalidInput("humanHeight: give 0.5 to 2.5, in metres.", field="humanHeight")
    kept = {
        "sources": [each.kept for each in sources],
        "metadata": given.get("metadata"),
        "humanHeight": height,
        "areaType": given["areaType"],
        "clipWindow": window_from(given.get("clipWindow")) or None,
        "sync": _sync(given.get("syncMethod")),
    }
    return NewItem(given.get("name") or "", ItemKind.VOLUME, extras={DIALECT: kept})


def _sync(given: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if given is None:
        return None
    window = window_from(given.get("clapWindow"), "syncMethod.clapWindow")
    return {"clapWindow": window or None, "timecodeSync": given.get("timecodeSync")}


def kept_of(item: Item) -> Mapping[str, Any]:
    """What a client of this API wrote of the item; empty for one that was made elsewhere."""
    found: Mapping[str, Any] = item.extras.get(DIALECT) or {}
    return found


def cameras_of(take: Item, volume: Item | None, addresses: Mapping[str, str]) -> dict[str, Any]:
    """What an engine for several cameras reads: JSON with the films' addresses by file."""
    kept = kept_of(take)
    return {
        "cameras": _cameras(kept, addresses),
        "sync": kept.get("sync"),
        "volume": None
        if volume is None
        else {
            "cameras": _cameras(kept_of(volume), addresses),
            "human_height_m": kept_of(volume).get("humanHeight"),
            "area_type": kept_of(volume).get("areaType", NORMAL),
            "clip_window": kept_of(volume).get("clipWindow"),
            "sync": kept_of(volume).get("sync"),
        },
    }


def _cameras(kept: Mapping[str, Any], addresses: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "label": each["deviceLabel"],
            "lens": each.get("lens"),
            "file": each["file"],
            "url": addresses.get(each["file"]),
        }
        for each in kept.get("sources", ())
        if each["format"] != DATA_FORMAT
    ]
