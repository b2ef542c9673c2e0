"""A job that was read becomes the core's request: on a take's film, or on those of its cameras."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from jobmill.core.errors import InvalidInput, UnknownEngine
from jobmill.core.items import Item, LinkMethod
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import JobInput, SubmitJob, submit_job
from jobmill.dialects.move.call import Call
from jobmill.dialects.move.finding import assets_in, volume_named
from jobmill.dialects.move.mapping.create_job import (
    BUNDLED,
    CAPTURE,
    DIALECT,
    MULTI,
    PARAMETERS,
    SINGLE,
    TRIANGULATION,
    USUAL_SEVERAL,
    AskedJob,
)
from jobmill.dialects.move.mapping.metadata import RAW, fits
from jobmill.dialects.move.mapping.takes import cameras_of, kept_of
from jobmill.dialects.move.resolvers.takes import sources_of
from jobmill_engine.manifest import Manifest

TASK = "motion"
REACHED_FOR = timedelta(days=7)
"""How long an engine for several cameras can fetch their films."""


def engine_for(call: Call, *categories: str) -> Manifest | None:
    """The engine of the first of these categories that has one; the bundled one before others."""
    every = call.catalog.manifests()
    for category in categories:
        found = [each for each in every.values() if each.category == category]
        found.sort(key=lambda each: each.id != BUNDLED)
        if found:
            return found[0]
    return None


def capture_engine(call: Call) -> Manifest:
    """The engine for one camera. Raises UnknownEngine."""
    found = engine_for(call, CAPTURE)
    if found is None:
        raise UnknownEngine(f"No engine of the category {CAPTURE!r} is installed.")
    return found


def submit_single(
    work: UnitOfWork,
    call: Call,
    take: Item,
    asked: AskedJob,
    engine: Manifest,
    name: str | None,
    metadata: Any,
) -> JobGraph:
    """A job on the film of a take. Bytes that have not come are missed when it starts."""
    if kept_of(take).get("kind", SINGLE) != SINGLE:
        raise InvalidInput(
            "takeId: this take is of several cameras; use createMultiCamJob.", field="takeId"
        )
    film = next((each["file"] for each in sources_of(take, call) if each["file"]), None)
    if film is None:
        raise InvalidInput("takeId: the film of this take has been removed.", field="takeId")
    given = JobInput(asset=film.asset.handle)
    return _submitted(work, call, take, given, asked, engine, name, metadata)


def submit_several(
    work: UnitOfWork, call: Call, take: Item, asked: AskedJob, name: str | None, metadata: Any
) -> JobGraph:
    """A job on the films of several cameras. Without an engine for that the one for single
    cameras gets it, and says at once what is missing."""
    if kept_of(take).get("kind") != MULTI:
        raise InvalidInput(
            "takeId: this take is of one camera; use createSingleCamJob.", field="takeId"
        )
    volume = volume_named(work, call, kept_of(take)["volume"])
    addresses = {
        str(each.asset.handle): call.signed(each.asset, LinkMethod.GET, REACHED_FOR)
        for item in (take, volume)
        for each in assets_in(call, item)
    }
    engine = engine_for(call, TRIANGULATION)
    if engine is None:
        # Whatever else was asked: that several pictures cannot be joined is what it is to say.
        engine = capture_engine(call)
        asked = replace(asked, params={PARAMETERS["mocapModel"]: USUAL_SEVERAL})
    given = JobInput(json=cameras_of(take, volume, addresses))
    return _submitted(work, call, take, given, asked, engine, name, metadata)


def _submitted(
    work: UnitOfWork,
    call: Call,
    take: Item,
    given: JobInput,
    asked: AskedJob,
    engine: Manifest,
    name: str | None,
    metadata: Any,
) -> JobGraph:
    kept, own = dict(asked.kept), metadata if fits(metadata) else {}
    if metadata is not None and not fits(metadata):
        kept[RAW] = metadata
    command = SubmitJob(
        input=given,
        tasks=({"name": TASK, "engine": engine.id, "params": dict(asked.params)},),
        origin=DIALECT,
        name=name or None,
        metadata=own,
        extras={DIALECT: kept},
        item=take.number,
        require_input=False,
    )
    return submit_job(work, call.house.outside, call.who, command, call.now).graph
