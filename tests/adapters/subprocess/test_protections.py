"""The doctor's probe tells what is really in force."""

from pathlib import Path

from jobmill.adapters.subprocess import probe
from jobmill.adapters.subprocess.launch import LaunchSettings


def test_every_protection_is_tried_and_those_not_in_force_name_a_fix() -> None:
    protections = probe()
    assert [protection.name for protection in protections] == [
        "namespaces",
        "engines die with the server",
        "no network",
        "memory limit",
        "file size limit",
        "process limit",
        "CPU time limit",
    ]
    for protection in protections:
        assert protection.detail
        assert protection.in_force or protection.fix
    limits = {protection.name: protection.in_force for protection in protections}
    assert limits["memory limit"]
    assert limits["file size limit"]
    assert limits["CPU time limit"]
    assert limits["engines die with the server"]


def test_an_interpreter_that_does_nothing_leaves_every_protection_unproven(tmp_path: Path) -> None:
    idle = tmp_path / "python"
    idle.write_text("#!/bin/sh\nexit 0\n")
    idle.chmod(0o755)
    protections = probe(LaunchSettings(python=str(idle)))
    assert not any(p.in_force for p in protections if p.name != "namespaces")
