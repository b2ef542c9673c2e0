"""`python -m jobmill_engine`: `check` an engine's folder, or begin a `new` one."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jobmill_engine import scaffold, testing


def main(words: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status: 0 well, 1 the engine has problems, 2 misuse."""
    asked = _parser().parse_args(words)
    status: int = asked.command(asked)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m jobmill_engine", description=__doc__)
    commands = parser.add_subparsers(required=True)
    check = commands.add_parser("check", help="check that a server can work with an engine")
    check.add_argument("folder", type=Path, help="the folder that holds engine.toml")
    check.add_argument("--sample", type=Path, action="append", help="an input that must succeed")
    check.add_argument("--feature", action="append", default=[], help="a feature to ask for")
    check.add_argument("--param", action="append", default=[], help="KEY=VALUE; VALUE may be JSON")
    check.add_argument("--timeout", type=float, default=60.0, help="seconds for one run")
    check.set_defaults(command=_check)
    new = commands.add_parser("new", help="write the folder of a new engine")
    new.add_argument("name", help="its id: lower case letters, digits and '-'")
    new.add_argument("--into", type=Path, default=Path(), help="the folder to put it in")
    new.set_defaults(command=_new)
    return parser


def _check(asked: argparse.Namespace) -> int:
    try:
        parameters = dict(_parameter(word) for word in asked.param)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    samples = None
    if asked.sample or asked.feature or parameters:
        features = tuple(asked.feature)
        files = asked.sample or [None]
        samples = [testing.Sample(file, features, parameters) for file in files]
    checks = testing.exercise(asked.folder, samples, timeout=asked.timeout)
    for check in checks:
        print(f"{'FAIL' if check.problem else ' ok '}  {check.name}")
        if check.problem:
            print("      " + check.problem.replace("\n", "\n      "))
    return 1 if any(check.problem for check in checks) else 0


def _parameter(word: str) -> tuple[str, Any]:
    key, equals, value = word.partition("=")
    if not key or not equals:
        raise ValueError(f"--param must be KEY=VALUE, not {word!r}.")
    try:
        return key, json.loads(value)
    except ValueError:
        return key, value  # plain text needs no quotes


def _new(asked: argparse.Namespace) -> int:
    try:
        folder = scaffold.write_engine(asked.name, asked.into)
    except FileExistsError as error:
        print(f"{error.filename} is there already; choose another name.", file=sys.stderr)
        return 2
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{folder} is ready. Next: python -m jobmill_engine check {folder}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
