"""Register an engine that is a service, and forget it again. Calls no service.

They serve every organization, as engines on the disk do, so it takes an operator of the server.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jobmill.core.accounts import AccountStore, Principal, Right
from jobmill.core.accounts.service.first import operates
from jobmill.core.engines.catalog import EngineCatalog
from jobmill.core.engines.remote import NOWHERE, EngineStore, RegisteredEngine, RemoteManifest
from jobmill.core.errors import EngineNotFound, InvalidInput, NameTaken, NotAllowed
from jobmill_engine.manifest import MODES, Feature

ID = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")
MEDIA = re.compile(r"(\*|[a-z0-9][a-z0-9!#$&^_.+-]*)/(\*|[a-z0-9][a-z0-9!#$&^_.+-]*)")
LONGEST_ID = 100

CheckAddress = Callable[[str], None]
"""Raises InvalidInput or NotAllowed for an address at which no engine may be."""


def _nowhere(url: str) -> None:
    raise NotAllowed("This server takes no engines from outside.")


@dataclass(frozen=True, slots=True)
class EnginePlaces:
    """Where engines may be, and whom to tell (after the commit) that another is registered."""

    check: CheckAddress = _nowhere
    changed: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class EngineSpec:
    """What is said of a service. `url` is where it lies; `ready` and `process` are addresses, or
    paths below it."""

    url: str
    id: str
    name: str = ""
    category: str = "other"
    version: str = "0"
    license: str = ""
    description: str = ""
    media_in: Sequence[str] = ("*/*",)
    media_out: Sequence[str] = ("application/json",)
    modes: Sequence[str] = ("whole", "chunk")
    pool: str = "cpu"
    concurrency: int | None = None
    timeout: float | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    features: Sequence[Feature] = ()
    ready: str = "ready"
    process: str = "process"
    send_bytes: bool = True


def register_engine(
    store: EngineStore,
    accounts: AccountStore,
    catalog: EngineCatalog,
    check: CheckAddress,
    who: Principal,
    spec: EngineSpec,
    now: datetime,
    *,
    replace: bool = False,
) -> RegisteredEngine:
    """Make a service an engine; `replace` puts it in the place of one registered before.

    Raises NotAllowed, InvalidInput naming the field, NameTaken.
    """
    _require_operator(accounts, who)
    manifest = _manifest(spec)
    for url in (manifest.ready_url, manifest.process_url):
        check(url)
    registered = store.get(manifest.id)
    if registered is None and manifest.id in catalog.manifests():
        raise NameTaken(f"An engine {manifest.id!r} is installed on the disk.", field="id")
    if registered is not None and not replace:
        raise NameTaken(f"An engine {manifest.id!r} is registered; remove it first.", field="id")
    store.remove(manifest.id)
    engine = RegisteredEngine(manifest, who.organization, now)
    store.add(engine)
    return engine


def remove_engine(
    store: EngineStore, accounts: AccountStore, catalog: EngineCatalog, who: Principal, engine: str
) -> None:
    """Forget a service; tasks that ask for it fail from now on. Raises EngineNotFound."""
    _require_operator(accounts, who)
    if store.remove(engine):
        return
    if engine in catalog.manifests():
        raise NotAllowed(f"{engine!r} is installed on the disk; remove its folder there.")
    raise EngineNotFound(f"There is no engine {engine!r}.")


def _require_operator(accounts: AccountStore, who: Principal) -> None:
    who.require(Right.ENGINES_WRITE)
    if not operates(accounts, who):
        raise NotAllowed("Only admins of the server's first organization may do that.")


def _manifest(spec: EngineSpec) -> RemoteManifest:
    if not ID.fullmatch(spec.id) or len(spec.id) > LONGEST_ID:
        fix = "use lower case letters, digits, '-', '_' and '.'"
        raise InvalidInput(f"id: {fix}, not {spec.id!r}.", field="id", fix=fix)
    _check_modes(spec.modes)
    for name, types in (("media_in", spec.media_in), ("media_out", spec.media_out)):
        for each in types:
            if not MEDIA.fullmatch(each):
                raise InvalidInput(f'{name}: give types like "audio/*", not {each!r}.', field=name)
    _check_schema(spec.parameters, "parameters")
    for feature in spec.features:
        _check_schema(feature.parameters, "features")
    return RemoteManifest(
        id=spec.id,
        name=spec.name or spec.id,
        category=spec.category,
        version=spec.version,
        license=spec.license,
        command=(),
        path=NOWHERE,
        description=spec.description,
        media_in=tuple(spec.media_in),
        media_out=tuple(spec.media_out),
        modes=tuple(dict.fromkeys(spec.modes)),
        pool=spec.pool,
        concurrency=spec.concurrency,
        timeout=spec.timeout,
        parameters={"type": "object", **spec.parameters},
        features=tuple(spec.features),
        ready_url=_address(spec.url, spec.ready),
        process_url=_address(spec.url, spec.process),
        send_bytes=spec.send_bytes,
    )


def _check_modes(modes: Sequence[str]) -> None:
    wrong = [mode for mode in modes if mode not in MODES]
    if wrong or not modes:
        raise InvalidInput(f"modes: give some of {', '.join(MODES)}.", field="modes")


def _check_schema(schema: Mapping[str, Any], name: str) -> None:
    from jsonschema import Draft202012Validator, SchemaError  # slow to import

    try:
        Draft202012Validator.check_schema({"type": "object", **schema})
    except SchemaError as error:
        raise InvalidInput(f"{name}: no JSON Schema: {error.message}.", field=name) from None
    if schema.get("type", "object") != "object":
        raise InvalidInput(f'{name}: the schema\'s type must be "object".', field=name)


def _address(url: str, place: str) -> str:
    if "://" in place:
        return place
    return f"{url.rstrip('/')}/{place.lstrip('/')}"
