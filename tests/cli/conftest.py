"""One real server for the commands, and a way to run them against it."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from jobmill.cli.main import app
from tests.cli.terminal import Terminal
from tests.serving import Drill, Ran, ServerProcess, install_drill, jobmill

Run = Callable[..., Ran]
OnTerminal = Callable[..., Terminal]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    data = tmp_path_factory.mktemp("cli") / "data"
    install_drill(data / "engines")
    with ServerProcess(data, JOBMILL_FETCH_ALLOW="127.0.0.0/8") as running:
        assert isinstance(running, ServerProcess)
        yield running


@pytest.fixture
def run(server: ServerProcess, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command in this process, which finds the server through its data folder, as a user's."""
    for name in [name for name in os.environ if name.startswith("JOBMILL_")]:
        monkeypatch.delenv(name)

    def command(*words: str, stdin: str = "") -> Ran:
        done = CliRunner().invoke(app, [*words, "--data", str(server.data)], input=stdin)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Ran(done.exit_code, done.stdout, done.stderr)

    return command


@pytest.fixture
def run_process(server: ServerProcess) -> Run:
    """Like `run`, in a process of its own."""

    def command(*words: str, **given: str) -> Ran:
        return jobmill(*words, "--data", str(server.data), **given)

    return command


@pytest.fixture
def on_terminal() -> Iterator[OnTerminal]:
    """Run a command on a terminal; `Terminal` says how."""
    with contextlib.ExitStack() as stack:

        def start(*words: str, **settings: Any) -> Terminal:
            terminal = Terminal(*words, **settings)
            stack.callback(terminal.close)
            return terminal

        yield start


@pytest.fixture
def drill(tmp_path: Path) -> Drill:
    return Drill(tmp_path)


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    """A file with a graph of two tasks that do nothing."""
    file = tmp_path / "graph.json"
    file.write_text(
        '{"tasks": [{"name": "a", "engine": "noop", "params": {"echo": "größer"}},'
        ' {"name": "b", "engine": "noop"}], "routes": [{"from": "a", "to": "b"}]}'
    )
    return file
