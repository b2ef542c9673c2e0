"""Read and check `engine.toml`, the description by which an engine is found and started.

Reading a manifest never imports or starts the engine. Every error names the file, the field and
the fix.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

FILE_NAME = "engine.toml"
MODES = ("whole", "chunk", "stream")
DIRECTIONS = ("in", "out")
_ID = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")
_PORT = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")
_MEDIA = re.compile(r"(\*|[a-z0-9][a-z0-9!#$&^_.+-]*)/(\*|[a-z0-9][a-z0-9!#$&^_.+-]*)")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class ManifestInvalid(ValueError):
    """An `engine.toml` cannot be used: `file`, `field` (dotted) and `fix` say where and what."""

    def __init__(self, file: Path, field: str, fix: str) -> None:
        super().__init__(f"{file}: {field}: {fix}")
        self.file = file
        self.field = field
        self.fix = fix


def _open_schema() -> dict[str, Any]:
    return {"type": "object"}


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing the engine can be asked for; `parameters` is a JSON Schema of an object."""

    name: str
    description: str = ""
    parameters: Mapping[str, Any] = field(default_factory=_open_schema)


@dataclass(frozen=True, slots=True)
class Resources:
    """The most that one process of the engine may use; a server enforces what its kernel can.

    `memory_mb` is address space, in MiB; `cpu_seconds` is of one attempt; `file_size_mb` is of any
    one file; `processes` counts the engine and all it starts; `network` asks for the network.
    """

    memory_mb: int = 2048
    cpu_seconds: int | None = None
    file_size_mb: int = 4096
    processes: int = 64
    network: bool = False


@dataclass(frozen=True, slots=True)
class Model:
    """A model file the engine loads: where it is from, its hash, and how a user installs it."""

    name: str
    source: str
    sha256: str = ""
    license: str = ""
    install: str = ""


@dataclass(frozen=True, slots=True)
class Port:
    """Where parts come in or go out. `role` (of an output): each part written there becomes an
    asset of the job's item, in this role."""

    name: str
    direction: str = "out"
    role: str | None = None
    media_types: tuple[str, ...] = ("*/*",)
    description: str = ""


DEFAULT_PORTS = (Port("in", "in"), Port("out", "out"))


@dataclass(frozen=True, slots=True)
class Manifest:
    """A checked `engine.toml`. `path` is the folder it lies in, absolute.

    `spool` asks for a folder that outlives an attempt which is broken off.
    `ports` always has an output named `out`, which takes the documents, and the input `in` unless
    the manifest names other inputs.
    """

    id: str
    name: str
    category: str
    version: str
    license: str
    command: tuple[str, ...]
    path: Path
    description: str = ""
    media_in: tuple[str, ...] = ("*/*",)
    media_out: tuple[str, ...] = ("application/json",)
    modes: tuple[str, ...] = ("whole",)
    pool: str = "cpu"
    concurrency: int | None = None
    timeout: float | None = None
    parameters: Mapping[str, Any] = field(default_factory=_open_schema)
    features: tuple[Feature, ...] = ()
    resources: Resources = Resources()
    models: tuple[Model, ...] = ()
    ports: tuple[Port, ...] = DEFAULT_PORTS
    spool: bool = False

    def port(self, name: str, direction: str) -> Port | None:
        """The port of this name and direction ("in" or "out"), if the engine has it."""
        for port in self.ports:
            if (port.name, port.direction) == (name, direction):
                return port
        return None

    def argv(self, python: str) -> tuple[str, ...]:
        """The command to start in the folder `path`, with `python` for the word `{python}`."""
        words = [python if word == "{python}" else word for word in self.command]
        if "/" in words[0]:
            words[0] = str(self.path / words[0])
        return tuple(words)


def load_manifest(path: Path) -> Manifest:
    """Read an `engine.toml`, or the one in a folder. Raises `ManifestInvalid`."""
    file = (path / FILE_NAME if path.is_dir() else path).absolute()
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ManifestInvalid(file, "file", f"cannot be read ({error.strerror})") from None
    except ValueError as error:
        raise ManifestInvalid(file, "file", f"is not TOML: {error}") from None
    root = _Table(file, "", tables)
    engine = root.table("engine", required=True)
    features = tuple(_feature(table) for table in root.tables("features"))
    models = tuple(_model(table) for table in root.tables("models"))
    ports = tuple(_port(table) for table in root.tables("ports"))
    root.end()
    root.unique("features", [feature.name for feature in features])
    for direction in DIRECTIONS:
        root.unique("ports", [port.name for port in ports if port.direction == direction])
    manifest = _engine(engine, file.parent, features, models)
    engine.end()
    return replace(manifest, ports=_with_defaults(ports))


def _engine(
    table: _Table, folder: Path, features: tuple[Feature, ...], models: tuple[Model, ...]
) -> Manifest:
    return Manifest(
        id=table.text("id", matching=_ID, fix="use lower case letters, digits, '-', '_' and '.'"),
        name=table.text("name"),
        category=table.text("category"),
        version=table.text("version"),
        license=table.text("license"),
        description=table.text("description", ""),
        command=table.command("command"),
        media_in=table.media_types("media_in", ("*/*",)),
        media_out=table.media_types("media_out", ("application/json",)),
        modes=table.modes("modes"),
        pool=table.text("pool", "cpu"),
        concurrency=table.whole("concurrency", None),
        timeout=table.seconds("timeout"),
        parameters=table.schema("parameters"),
        resources=_resources(table.table("resources")),
        features=features,
        models=models,
        path=folder,
        spool=table.flag("spool", False),
    )


def _feature(table: _Table) -> Feature:
    feature = Feature(
        name=table.text("name"),
        description=table.text("description", ""),
        parameters=table.schema("parameters"),
    )
    table.end()
    return feature


def _model(table: _Table) -> Model:
    model = Model(
        name=table.text("name"),
        source=table.text("source"),
        sha256=table.text("sha256", "", matching=_SHA256, fix="give 64 hex digits in lower case"),
        license=table.text("license", ""),
        install=table.text("install", ""),
    )
    table.end()
    return model


def _port(table: _Table) -> Port:
    port = Port(
        name=table.text("name", matching=_PORT, fix="use lower case letters, digits, '-' and '_'"),
        direction=table.choice("direction", DIRECTIONS, "out"),
        role=table.text("role", "", matching=_ID, fix="use lower case letters and digits") or None,
        media_types=table.media_types("media_types", ("*/*",)),
        description=table.text("description", ""),
    )
    table.end()
    if port.role is not None and port.direction == "in":
        raise table.wrong("role", "belongs to an output port; remove it")
    return port


def _with_defaults(ports: tuple[Port, ...]) -> tuple[Port, ...]:
    if not any(port.direction == "in" for port in ports):
        ports += DEFAULT_PORTS[:1]
    if not any((port.name, port.direction) == ("out", "out") for port in ports):
        ports += DEFAULT_PORTS[1:]
    return ports


def _resources(table: _Table) -> Resources:
    default = Resources()
    resources = Resources(
        memory_mb=table.whole("memory_mb", default.memory_mb) or default.memory_mb,
        cpu_seconds=table.whole("cpu_seconds", None),
        file_size_mb=table.whole("file_size_mb", default.file_size_mb) or default.file_size_mb,
        processes=table.whole("processes", default.processes) or default.processes,
        network=table.flag("network", False),
    )
    table.end()
    return resources


class _Table:
    """One TOML table being read: remembers which keys were asked for, so that `end` finds typos."""

    def __init__(self, file: Path, prefix: str, values: Mapping[str, Any]) -> None:
        self._file = file
        self._prefix = prefix
        self._values = values
        self._known: list[str] = []

    def wrong(self, key: str, fix: str) -> ManifestInvalid:
        """What to raise about this key."""
        return ManifestInvalid(self._file, f"{self._prefix}{key}", fix)

    def _take(self, key: str, fits: Callable[[Any], bool], fix: str) -> Any:
        """The value of an optional key, or None; raises when it is there and does not fit."""
        self._known.append(key)
        value = self._values.get(key)
        if value is not None and not fits(value):
            raise self.wrong(key, f"{fix}, not {value!r}")
        return value

    def end(self) -> None:
        """Raise for the first key that nobody asked for, with the names it may have meant."""
        for key in self._values:
            if key not in self._known:
                close = get_close_matches(key, self._known, n=3)
                hint = f"did you mean {' or '.join(close)}?" if close else "remove it; known are "
                known = "" if close else ", ".join(sorted(self._known))
                raise self.wrong(key, f"is not a known key; {hint}{known}")

    def unique(self, key: str, names: list[str]) -> None:
        for name in names:
            if names.count(name) > 1:
                raise self.wrong(key, f"the name {name!r} is used twice; rename one")

    def text(
        self,
        key: str,
        default: str | None = None,
        *,
        matching: re.Pattern[str] | None = None,
        fix: str = "",
    ) -> str:
        value = self._take(key, lambda v: isinstance(v, str), "must be a text")
        if value is None:
            if default is None:
                raise self.wrong(key, f'is missing; add {key} = "…"')
            return default
        if default is None and not value.strip():
            raise self.wrong(key, "is empty; write something")
        if value and matching and not matching.fullmatch(value):
            raise self.wrong(key, f"{fix}, not {value!r}")
        return str(value)

    def flag(self, key: str, default: bool) -> bool:
        value = self._take(key, lambda v: isinstance(v, bool), "must be true or false")
        return default if value is None else bool(value)

    def whole(self, key: str, default: int | None) -> int | None:
        value = self._take(
            key,
            lambda v: isinstance(v, int) and not isinstance(v, bool) and v > 0,
            "must be a whole number above 0",
        )
        return default if value is None else int(value)

    def seconds(self, key: str) -> float | None:
        value = self._take(
            key,
            lambda v: isinstance(v, (int, float)) and not isinstance(v, bool) and 0 < v < 1e9,
            "must be a number of seconds above 0",
        )
        return None if value is None else float(value)

    def texts(self, key: str) -> tuple[str, ...] | None:
        value = self._take(
            key,
            lambda v: isinstance(v, list) and bool(v) and all(isinstance(t, str) for t in v),
            "must be a list of texts with at least one entry",
        )
        return None if value is None else tuple(value)

    def command(self, key: str) -> tuple[str, ...]:
        words = self.texts(key)
        if words is None:
            raise self.wrong(key, 'is missing; for example ["{python}", "__main__.py"]')
        if not words[0] or any("\0" in word for word in words):
            raise self.wrong(key, "must begin with a program's name")
        return words

    def media_types(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        types = self.texts(key) or default
        for media_type in types:
            if not _MEDIA.fullmatch(media_type):
                raise self.wrong(key, f'must hold types like "audio/*", not {media_type!r}')
        return types

    def choice(self, key: str, choices: tuple[str, ...], default: str) -> str:
        value = self._take(key, lambda v: v in choices, f"must be {' or '.join(choices)}")
        return default if value is None else str(value)

    def modes(self, key: str) -> tuple[str, ...]:
        modes = self.texts(key) or ("whole",)
        for mode in modes:
            if mode not in MODES:
                raise self.wrong(key, f"must hold only {', '.join(MODES)}, not {mode!r}")
        return modes

    def schema(self, key: str) -> Mapping[str, Any]:
        value = self._take(key, lambda v: isinstance(v, dict), "must be a JSON Schema (a table)")
        if not value:
            return _open_schema()
        if value.get("type", "object") != "object":
            raise self.wrong(f"{key}.type", 'must be "object"')
        return {"type": "object", **value}

    def table(self, key: str, *, required: bool = False) -> _Table:
        value = self._take(key, lambda v: isinstance(v, dict), "must be a table")
        if value is None and required:
            raise self.wrong(key, f"is missing; begin with the line [{key}]")
        return _Table(self._file, f"{self._prefix}{key}.", value or {})

    def tables(self, key: str) -> list[_Table]:
        value = self._take(
            key,
            lambda v: isinstance(v, list) and all(isinstance(t, dict) for t in v),
            f"must be written as [[{key}]]",
        )
        return [
            _Table(self._file, f"{self._prefix}{key}.{number}.", entry)
            for number, entry in enumerate(value or [])
        ]
