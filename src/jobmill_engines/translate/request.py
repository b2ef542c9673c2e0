"""What one translation asks for: its parameters, checked, with their defaults."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from jobmill_engine import InputRejected
from jobmill_engines.texts.languages import plain_code
from jobmill_engines.texts.threads import fair_threads

DETECT = "detect"
TARGET = "en"
Backend = Literal["auto", "ctranslate2", "apertium"]


@dataclass(frozen=True, slots=True)
class Request:
    """`source` None: to be found out. `told` is the target as it was asked for, with its region."""

    target: str
    told: str
    source: str | None
    backend: Backend
    model: str | None
    beam_size: int
    threads: int


def read_request(parameters: Mapping[str, Any]) -> Request:
    """The request of parameters that fit the manifest's schema. Raises InputRejected."""
    target = str(parameters.get("target") or TARGET).strip()
    model, backend = parameters.get("model"), parameters.get("backend", "auto")
    if model is not None and backend == "apertium":
        told = "Apertium takes no `model`: leave it out, or choose the backend ctranslate2."
        raise InputRejected("bad_parameter", told)
    source = str(parameters.get("source") or DETECT).strip()
    return Request(
        target=plain_code(target),
        told=target.replace("_", "-"),
        source=None if source.lower() == DETECT else plain_code(source),
        backend=backend,
        model=model,
        beam_size=parameters.get("beam_size", 4),
        threads=parameters.get("threads") or fair_threads(),
    )
