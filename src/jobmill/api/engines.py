"""Engines, and what can be asked for."""

from jobmill.api.answers import problems
from jobmill.api.route import Caller, TheHouse, native_router
from jobmill.api.schemas.resources import Engine, EnginePage, Feature, FeaturePage
from jobmill.core.engines import get_engine, list_engines, list_features

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


@router.get("/features", summary="List features", responses=problems())
async def read_features(house: TheHouse, who: Caller) -> FeaturePage:
    """What a job can ask for by name, with the JSON Schema of each one's parameters."""
    offers = list_features(house.outside.catalog, who)
    return FeaturePage(items=[Feature.offered(offer) for offer in offers], next=None)
