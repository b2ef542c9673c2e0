"""All commands under one name. Heavy modules are imported inside them, so that help is quick."""

import typer

from jobmill.cli import (
    asset_files,
    batches,
    deliveries,
    doctor,
    endpoints,
    engines,
    keys,
    models,
    pipelines,
    teams,
    users,
    watches,
)
from jobmill.cli.about import features, version, workers
from jobmill.cli.demo import demo
from jobmill.cli.job_actions import cancel, delete, restart, retry
from jobmill.cli.jobs import events, jobs, logs, results, show, watch
from jobmill.cli.run import run
from jobmill.cli.serve import serve
from jobmill.cli.steering import bulk, edit, park, pause, resume, rewind, search, unpark
from jobmill.cli.worker import worker

app = typer.Typer(
    name="jobmill",
    help="A self-hosted job server for AI over media and documents.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

for command in (
    *(serve, worker, demo, doctor.doctor),
    *(run, jobs, show, watch, results, events, logs),
    *(cancel, retry, restart, rewind, delete),
    *(pause, resume, park, unpark, edit, bulk, search),
    *(features, workers, version),
):
    app.command()(command)
app.add_typer(engines.app, name="engines")
app.add_typer(models.app, name="models")
app.add_typer(pipelines.app, name="pipelines")
app.add_typer(batches.batches, name="batches")
app.add_typer(batches.pools, name="pools")
app.add_typer(batches.limits, name="limits")
app.add_typer(users.app, name="users")
app.add_typer(teams.app, name="teams")
app.add_typer(keys.app, name="keys")
app.add_typer(endpoints.app, name="endpoints")
app.add_typer(deliveries.app, name="deliveries")
app.add_typer(asset_files.app, name="assets")
app.add_typer(watches.app, name="watches")


def main() -> None:
    """The entry point of the `jobmill` command."""
    app(prog_name="jobmill")
