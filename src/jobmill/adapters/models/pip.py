"""Gets packages with pip from whatever index this machine is set up for; checks every hash."""

import hashlib
import importlib.util
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from jobmill.adapters.models.catalogue import Package

COMMON = ("--no-deps", "--require-hashes", "--no-input", "--disable-pip-version-check")
TOLD_LINES = 6


class DownloadFailed(Exception):
    """A package could not be had; the message has pip's own words and what to do."""


def download(package: Package, folder: Path, *, show: bool) -> Path:
    """The package's file in `folder`; one that is there already and whole is taken as it is.

    `show`: let pip draw its progress on stderr.
    """
    file = folder / package.file
    if file.is_file() and sha256_of(file) == package.sha256:
        return file
    requirement = folder / f"{package.name}.txt"
    requirement.write_text(f"{package.name}=={package.version} --hash=sha256:{package.sha256}\n")
    binary = ("--only-binary", ":all:", *_platform(file)) if file.suffix == ".whl" else ()
    words = ["download", *COMMON, *binary, "--dest", str(folder), "-r", str(requirement)]
    _pip(words, f"{package.name} {package.version}", show=show)
    if not file.is_file() or sha256_of(file) != package.sha256:
        raise DownloadFailed(
            f"The index gave another file for {package.name} {package.version} than"
            f" {package.file} with SHA-256 {package.sha256}. Nothing was installed."
        )
    return file


def _platform(wheel: Path) -> tuple[str, ...]:
    """What makes pip take a wheel of another Python or machine: nothing of it is run."""
    interpreter, abi, platforms = wheel.stem.split("-")[-3:]
    if platforms == "any":
        return ()
    python = f"{interpreter[2]}.{interpreter[3:]}"
    words = ["--implementation", interpreter[:2], "--python-version", python, "--abi", abi]
    for platform in platforms.split("."):
        words += ["--platform", platform]
    return tuple(words)


def install_requirements(requirements: Path, folder: Path, *, show: bool) -> None:
    """Every package of a lock file into a folder of its own; wheels only, so no code is run."""
    words = ["install", *COMMON, "--only-binary", ":all:", "--target", str(folder)]
    _pip([*words, "-r", str(requirements)], f"the libraries {requirements.stem!r}", show=show)


def sha256_of(file: Path) -> str:
    """The SHA-256 of a file's bytes, in hex."""
    with file.open("rb") as reader:
        return hashlib.file_digest(reader, "sha256").hexdigest()


def _pip(words: Sequence[str], what: str, *, show: bool) -> None:
    if importlib.util.find_spec("pip") is None:
        raise DownloadFailed(
            f"This Python has no pip ({sys.executable}). Give it one: {sys.executable} -m ensurepip"
        )
    quiet = () if show else ("--quiet", "--progress-bar", "off")
    done = subprocess.run(
        [sys.executable, "-m", "pip", *words, *quiet],
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr if show else subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    if done.returncode:
        told = [line for line in done.stderr.splitlines() if line.strip()]
        errors = [line for line in told if not line.startswith("WARNING")] or told
        raise DownloadFailed(
            f"{what} could not be installed from the package index; pip says:\n"
            + "\n".join(f"  {line}" for line in errors[-TOLD_LINES:])
            + "\nSet the index up as for pip itself (pip config), and run the command again:"
            " what is complete is not loaded a second time."
        )
