"""All commands under one name. Only the module of the one that runs is imported."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

PACKAGE = "jobmill.cli"
PLACES = {
    "serve": "serve:serve",
    "worker": "worker:worker",
    "demo": "demo:demo",
    "doctor": "doctor:doctor",
    "run": "run:run",
    "jobs": "jobs:jobs",
    "show": "jobs:show",
    "watch": "jobs:watch",
    "results": "jobs:results",
    "output": "outputs:output",
    "export": "exports:export",
    "events": "jobs:events",
    "parts": "parts:parts",
    "logs": "jobs:logs",
    "cancel": "job_actions:cancel",
    "retry": "job_actions:retry",
    "restart": "job_actions:restart",
    "mark": "steering:mark",
    "rewind": "steering:rewind",
    "delete": "job_actions:delete",
    "pause": "steering:pause",
    "resume": "steering:resume",
    "park": "steering:park",
    "unpark": "steering:unpark",
    "edit": "steering:edit",
    "bulk": "steering:bulk",
    "search": "steering:search",
    "features": "about:features",
    "workers": "about:workers",
    "version": "about:version",
    "engines": "engines:app",
    "models": "models:app",
    "pipelines": "pipelines:app",
    "exports": "exports:exports",
    "batches": "batches:batches",
    "pools": "batches:pools",
    "limits": "batches:limits",
    "share": "sharing:share",
    "unshare": "sharing:unshare",
    "organizations": "organizations:app",
    "users": "users:app",
    "teams": "teams:app",
    "keys": "keys:app",
    "endpoints": "endpoints:app",
    "deliveries": "deliveries:app",
    "assets": "asset_files:app",
    "watches": "watches:app",
    "review": "review:app",
    "truths": "truths:app",
    "quality": "quality:quality",
    "calibrate": "quality:calibrate",
}
"""Every command and group of commands, in the order of the help: its module and its name there."""


class _OnDemand(Mapping[str, Any]):
    """The commands by name. Each is built when somebody looks at it: starting is quick."""

    def __getitem__(self, name: str) -> Any:
        module, attribute = PLACES[name].split(":")
        found = getattr(import_module(f"{PACKAGE}.{module}"), attribute)
        alone = typer.Typer(rich_markup_mode=None)
        if isinstance(found, typer.Typer):
            alone.add_typer(found, name=name)
        else:
            alone.command(name)(found)
        return get_group(alone).commands[name]

    def __iter__(self) -> Iterator[str]:
        return iter(PLACES)

    def __len__(self) -> int:
        return len(PLACES)


class _Commands(TyperGroup):
    def __init__(self, **given: Any) -> None:
        super().__init__(**given | {"commands": _OnDemand()})


app = typer.Typer(
    cls=_Commands,
    name="jobmill",
    help="A self-hosted job server for AI over media and documents.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def _all() -> None:
    """Makes a group of the app although no command is known to it yet."""


def main() -> None:
    """The entry point of the `jobmill` command."""
    app(prog_name="jobmill")
