"""Pipelines: named templates of jobs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from jobmill_client.calls import Awaited, Blocking, Calls, call
from jobmill_client.models import Calibrations, Pipeline, Quality
from jobmill_client.steps import Program


class PipelineCalls(Calls):
    """The calls about pipelines."""

    @call
    def list(self) -> Program[tuple[Pipeline, ...]]:
        """All pipelines, by name."""
        return self._all(Pipeline, "pipelines")

    @call
    def get(self, name: str) -> Program[Pipeline]:
        """The latest version. Raises NotFound."""
        return self._ask(Pipeline, "GET", _path(name))

    @call
    def create(
        self,
        name: str,
        *,
        features: Sequence[str] | None = None,
        params: Mapping[str, Any] | None = None,
        tasks: Sequence[Mapping[str, Any]] | None = None,
        routes: Sequence[Mapping[str, Any]] | None = None,
        description: str | None = None,
        program: Mapping[str, Any] | None = None,
    ) -> Program[Pipeline]:
        """Create one of features, or of tasks with routes. Raises Conflict if the name is taken."""
        body = {"name": name, **_definition(features, params, tasks, routes, description, program)}
        return self._ask(Pipeline, "POST", "pipelines", json=body)

    @call
    def replace(
        self,
        name: str,
        *,
        features: Sequence[str] | None = None,
        params: Mapping[str, Any] | None = None,
        tasks: Sequence[Mapping[str, Any]] | None = None,
        routes: Sequence[Mapping[str, Any]] | None = None,
        description: str | None = None,
        program: Mapping[str, Any] | None = None,
    ) -> Program[Pipeline]:
        """Write a new version of it."""
        body = _definition(features, params, tasks, routes, description, program)
        return self._ask(Pipeline, "PUT", _path(name), json=body)

    @call
    def delete(self, name: str) -> Program[None]:
        """Delete it; jobs made from it keep their own copy."""
        return self._tell("DELETE", _path(name))

    @call
    def quality(
        self,
        name: str,
        *,
        by: str | None = None,
        every: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        subject: str | None = None,
    ) -> Program[Quality]:
        """How right it is where the answer is known: `by` output, engine or person; `every` day,
        week or month; of one engine (`id@version`) or person alone. For admins."""
        asked = {
            "by": by,
            "every": every,
            "from": since and since.isoformat(),
            "to": until and until.isoformat(),
            "subject": subject,
        }
        params = {name: value for name, value in asked.items() if value is not None}
        return self._ask(Quality, "GET", f"{_path(name)}/quality", params=params)

    @call
    def calibrate(
        self,
        name: str,
        count: int,
        *,
        tag: str | None = None,
        collaborators: Sequence[Mapping[str, Any]] | None = None,
    ) -> Program[Calibrations]:
        """Make jobs of so many of its ground truths (of a tag); nobody but admins can tell them
        from others. Raises InvalidInput where there are not as many."""
        body: dict[str, Any] = {"count": count, "tag": tag}
        if collaborators is not None:
            body["collaborators"] = [dict(each) for each in collaborators]
        return self._ask(Calibrations, "POST", f"{_path(name)}/calibrations", json=body)


class Pipelines(Blocking, PipelineCalls):
    """`client.pipelines`."""


class AsyncPipelines(Awaited, PipelineCalls):
    """`client.pipelines`, awaited."""


def _path(name: str) -> str:
    return f"pipelines/{quote(name, safe='')}"


def _definition(
    features: Sequence[str] | None,
    params: Mapping[str, Any] | None,
    tasks: Sequence[Mapping[str, Any]] | None,
    routes: Sequence[Mapping[str, Any]] | None,
    description: str | None,
    program: Mapping[str, Any] | None,
) -> dict[str, Any]:
    given = {
        "features": features and list(features),
        "params": params,
        "tasks": tasks and list(tasks),
        "routes": routes and list(routes),
        "description": description,
        "program": program,
    }
    return {name: value for name, value in given.items() if value is not None}
