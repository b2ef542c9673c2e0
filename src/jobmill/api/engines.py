"""Engines, and what can be asked for."""

from urllib.parse import quote

from fastapi import Response

from jobmill.api.answers import LOCATION, WITH_BODY, answer, problems
from jobmill.api.route import Caller, TheHouse, native_router
from jobmill.api.schemas.engines import RegisterEngine
from jobmill.api.schemas.jobs import PREFIX
from jobmill.api.schemas.resources import Engine, EnginePage, Feature, FeaturePage
from jobmill.core.engines import get_engine, list_engines, list_features
from jobmill.core.engines.register import register_engine, remove_engine

router = native_router("engines")


@router.get("/engines", summary="List engines", responses=problems())
async def read_engines(house: TheHouse, who: Caller) -> EnginePage:
    """The installed engines, by id."""
    manifests = list_engines(house.outside.catalog, who)
    return EnginePage(items=[Engine.of(manifest) for manifest in manifests], next=None)


@router.get("/engines/{engine}", summary="Get an engine", responses=problems(404))
async def read_engine(engine: str, house: TheHouse, who: Caller) -> Engine:
    """What its manifest promises: types, modes, parameters, features, limits, models."""
    return Engine.of(get_engine(house.outside.catalog, who, engine))


@router.post(
    "/engines",
    status_code=201,
    summary="Register an engine",
    responses={**answer(201, "The engine.", LOCATION), **problems(*WITH_BODY, 409)},
)
async def register(
    body: RegisterEngine, response: Response, house: TheHouse, who: Caller
) -> Engine:
    """Make a service that speaks the toolkit contract an engine, which any job may use.

    It must lie where the operator lets engines be (`JOBMILL_ENGINE_ALLOW`). Operators only.
    """
    now, catalog, places = house.clock.now(), house.outside.catalog, house.engine_places
    spec = body.spec()
    made = await house.database.write(
        lambda work: register_engine(
            work.engines,
            work.accounts,
            catalog,
            places.check,
            who,
            spec,
            now,
            replace=body.replace,
        )
    )
    places.changed()
    response.headers["Location"] = f"{PREFIX}/engines/{quote(made.manifest.id, safe='')}"
    return Engine.of(made.manifest)


@router.delete(
    "/engines/{engine}",
    status_code=204,
    response_class=Response,
    summary="Remove a registered engine",
    responses=problems(404),
)
async def remove(engine: str, house: TheHouse, who: Caller) -> None:
    """Forget a service. Tasks that ask for it fail from now on. Operators only."""
    catalog = house.outside.catalog
    await house.database.write(
        lambda work: remove_engine(work.engines, work.accounts, catalog, who, engine)
    )
    house.engine_places.changed()


@router.get("/features", summary="List features", responses=problems())
async def read_features(house: TheHouse, who: Caller) -> FeaturePage:
    """What a job can ask for by name, with the JSON Schema of each one's parameters."""
    offers = list_features(house.outside.catalog, who)
    return FeaturePage(items=[Feature.offered(offer) for offer in offers], next=None)
