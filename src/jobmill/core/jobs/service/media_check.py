"""Refuse a job whose input its engines do not take, before anything waits or runs."""

from jobmill.core.engines import EngineCatalog
from jobmill.core.engines.media import media_not_taken, takes
from jobmill.core.items import Asset, AssetState
from jobmill.core.pipelines import Plan

JSON = "application/json"


def check_media(
    catalog: EngineCatalog, plan: Plan, asset: Asset | None, where: str = "input"
) -> None:
    """Raise MediaNotTaken, naming engine and types, and the field `where` that names the input.

    Without an asset the input is JSON. Of bytes that are still to come the type is not known; the
    engine will see them.
    """
    if asset is not None and asset.state is not AssetState.READY:
        return
    given = JSON if asset is None else asset.media_type
    fed = {route.target for route in plan.routes}
    manifests = catalog.manifests()
    for task in plan.tasks:
        manifest = manifests.get(task.engine)
        if task.name in fed or task.input is not None or manifest is None:
            continue
        if not takes(manifest, given):
            raise media_not_taken(manifest, given, where)
