"""The same commands as a person sees them, and as a pipe does."""

import re
from pathlib import Path

import pytest

from tests.cli.conftest import OnTerminal, Run
from tests.cli.test_jobs import written
from tests.serving import Drill, ServerProcess

COLOUR = re.compile(r"\x1b\[[0-9;]*(3[0-7]|9[0-7])[0-9;]*m")
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@pytest.mark.parametrize("width", [30, 80])
def test_bars_move_on_a_terminal_of_any_width(
    server: ServerProcess, on_terminal: OnTerminal, graph: Path, width: int
) -> None:
    words = ["run", "--graph", str(graph), "--input-json", "1", "--data", str(server.data)]
    terminal = on_terminal(*words, width=width)
    assert terminal.end() == 0, terminal.text
    plain = CONTROL.sub("", terminal.text)
    assert "━" in plain
    assert "100%" in plain


def test_states_are_coloured_unless_the_user_wants_none(
    server: ServerProcess, run: Run, on_terminal: OnTerminal, graph: Path
) -> None:
    run("run", "--graph", str(graph), "--input-json", "1")
    words = ["jobs", "--data", str(server.data)]
    coloured, plain = on_terminal(*words, width=200), on_terminal(*words, width=200, NO_COLOR="1")
    assert coloured.end() == plain.end() == 0
    assert COLOUR.search(coloured.text)
    assert not COLOUR.search(plain.text)
    assert "completed" in plain.text


def test_a_pipe_gets_no_control_characters(run_process: Run, graph: Path) -> None:
    ran = run_process("run", "--graph", str(graph), "--input-json", "1")
    shown = run_process("jobs")
    assert "\x1b" not in ran.out + ran.err + shown.out + shown.err


def test_ctrl_c_lets_go_of_the_job_and_says_how_to_stop_it(
    server: ServerProcess, run: Run, on_terminal: OnTerminal, drill: Drill, tmp_path: Path
) -> None:
    graph = written(tmp_path, drill.tasks)
    terminal = on_terminal(
        *["run", "--graph", graph, "--input-json", "1", "--data", str(server.data)], width=80
    )
    drill.wait_begun()
    terminal.until("25%")
    terminal.interrupt()
    assert terminal.end() == 130
    told = re.search(r"jobmill cancel (\d+)", terminal.text)
    assert told, terminal.text
    assert "Traceback" not in terminal.text
    assert run("show", told[1], "--json").json["state"] == "running"
    assert run("cancel", told[1]).code == 0
    assert run("watch", told[1]).out.strip() == "cancelled"
