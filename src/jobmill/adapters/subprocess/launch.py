"""How an engine's process is started: the shim's command line and the engine's environment."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jobmill.adapters.subprocess import proc
from jobmill_engine.manifest import Manifest

SHIM = Path(__file__).with_name("shim.py")

_LOCALE = ("LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ")
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_DEVICES = ("CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES")
_PLACES = ("PATH", "HOME", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "JOBMILL_MODELS")
_PASSED_ON = (*_LOCALE, *_THREADS, *_DEVICES, *_PLACES)
_NETWORK = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")


@dataclass(frozen=True, slots=True)
class LaunchSettings:
    """What is the same for every engine: the interpreter for `{python}`, more environment.

    `isolate`: use namespaces where the kernel allows them.
    """

    python: str = sys.executable
    environment: Mapping[str, str] = field(default_factory=dict)
    isolate: bool = True


def shim_command(
    manifest: Manifest, settings: LaunchSettings, lifeline: int, status: int, *, isolate: bool
) -> list[str]:
    """The shim's command line; the two descriptors are inherited under the same numbers."""
    resources = manifest.resources
    return [
        *(settings.python, "-I", "-S", str(SHIM)),
        f"folder={manifest.path}",
        f"server={os.getpid()}",
        f"lifeline={lifeline}",
        f"status={status}",
        f"isolate={int(isolate)}",
        f"network={int(resources.network)}",
        f"processes={resources.processes}",
        f"memory_mb={resources.memory_mb}",
        f"file_size_mb={resources.file_size_mb}",
        "--",
        *manifest.argv(settings.python),
    ]


def engine_environment(manifest: Manifest, settings: LaunchSettings, mark: str) -> dict[str, str]:
    """The engine's whole environment: what the server has is not passed on unless named here."""
    names = [*_PASSED_ON, *(_NETWORK if manifest.resources.network else ())]
    environment = {name: os.environ[name] for name in names if name in os.environ}
    environment |= settings.environment
    environment["PYTHONPATH"] = _python_path(manifest)
    environment["JOBMILL_ENGINE"] = manifest.id
    environment["JOBMILL_ENGINE_VERSION"] = manifest.version
    environment[proc.MARK] = mark
    return environment


def _python_path(manifest: Manifest) -> str:
    """The engine's folder; for an engine that shares our interpreter also our own additions."""
    folders = [str(manifest.path)]
    if "{python}" in manifest.command:
        own = os.environ.get("PYTHONPATH", "").split(os.pathsep)
        folders += [str(Path(folder).absolute()) for folder in own if folder]
    return os.pathsep.join(folders)
