"""Pipelines: named templates of jobs."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from jobmill_client.connection import Connection
from jobmill_client.models import Pipeline
from jobmill_client.paging import read_pages
from jobmill_client.reading import read


class Pipelines:
    """`client.pipelines`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> tuple[Pipeline, ...]:
        """All pipelines, by name."""
        return tuple(read_pages(Pipeline, self._connection, "pipelines"))

    def get(self, name: str) -> Pipeline:
        """The latest version. Raises NotFound."""
        return read(Pipeline, self._connection.call("GET", _path(name)))

    def create(
        self,
        name: str,
        *,
        features: Sequence[str] | None = None,
        params: Mapping[str, Any] | None = None,
        tasks: Sequence[Mapping[str, Any]] | None = None,
        routes: Sequence[Mapping[str, Any]] | None = None,
        description: str | None = None,
    ) -> Pipeline:
        """Create one of features, or of tasks with routes. Raises Conflict if the name is taken."""
        body = {"name": name, **_definition(features, params, tasks, routes, description)}
        return read(Pipeline, self._connection.call("POST", "pipelines", json=body))

    def replace(
        self,
        name: str,
        *,
        features: Sequence[str] | None = None,
        params: Mapping[str, Any] | None = None,
        tasks: Sequence[Mapping[str, Any]] | None = None,
        routes: Sequence[Mapping[str, Any]] | None = None,
        description: str | None = None,
    ) -> Pipeline:
        """Write a new version of it."""
        body = _definition(features, params, tasks, routes, description)
        return read(Pipeline, self._connection.call("PUT", _path(name), json=body))

    def delete(self, name: str) -> None:
        """Delete it; jobs made from it keep their own copy."""
        self._connection.call("DELETE", _path(name))


def _path(name: str) -> str:
    return f"pipelines/{quote(name, safe='')}"


def _definition(
    features: Sequence[str] | None,
    params: Mapping[str, Any] | None,
    tasks: Sequence[Mapping[str, Any]] | None,
    routes: Sequence[Mapping[str, Any]] | None,
    description: str | None,
) -> dict[str, Any]:
    given = {
        "features": features and list(features),
        "params": params,
        "tasks": tasks and list(tasks),
        "routes": routes and list(routes),
        "description": description,
    }
    return {name: value for name, value in given.items() if value is not None}
