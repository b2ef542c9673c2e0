"""Help is quick, complete, and needs nothing."""

import json
import subprocess
import sys

import pytest

from tests.serving import jobmill

HEAVY = "httpx2 rich structlog fastapi uvicorn sqlalchemy pydantic av numpy asyncio jsonschema"
COMMANDS = """assets cancel delete demo doctor engines events features jobs logs pipelines restart
    results retry run serve show version watch worker workers"""


def test_help_names_every_command() -> None:
    shown = jobmill("--help")
    assert shown.code == 0
    named = {line.split()[0] for line in shown.out.splitlines() if line.startswith("  ")}
    assert set(COMMANDS.split()) <= named


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, jobmill.cli.main\n"
        f"print([name for name in {HEAVY.split()} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_command_loads_no_other_commands_module() -> None:
    code = (
        "import json, sys\n"
        "from jobmill.cli.main import app\n"
        "app(['version'], standalone_mode=False)\n"
        "print(json.dumps([each for each in sys.modules if each.startswith('jobmill.cli.')]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {
        name.removeprefix("jobmill.cli.") for name in json.loads(done.stdout.splitlines()[-1])
    }
    assert loaded == {"main", "about", "output", "session"}


@pytest.mark.parametrize("words", [["nonsense"], ["run", "--nonsense"], ["show"], ["cancel"]])
def test_wrong_usage_is_told_on_stderr_with_code_2(words: list[str]) -> None:
    ran = jobmill(*words)
    assert ran.code == 2
    assert ran.out == ""
    assert "jobmill" in ran.err


def test_version_tells_all_three_parts() -> None:
    assert set(jobmill("version", "--json").json) == {"jobmill", "jobmill-engine", "jobmill-client"}


def test_every_setting_is_a_flag_of_serve() -> None:
    shown = jobmill("serve", "--help").out
    flags = """--data --host --port --database --blobs --media-roots --fetch-allow --engine-allow
        --engines --gentoo-allow --cors-origins --models --public-url --slots --max-upload
        --tls-cert --tls-key --no-worker --log-format"""
    assert [flag for flag in flags.split() if flag not in shown] == []
