"""Why an attempt at a service failed, in words that say what to do. Pure."""

from jobmill.adapters.http_engine.client import EngineAnswer, EngineAway
from jobmill.core.engines import Failed, FailureClass
from jobmill.core.engines.remote import RemoteManifest

BUSY = (429, 502, 503, 504)
"""Not now, or not from a proxy before it: another attempt may find it well."""

LONGEST = 1000
_PLATFORM = (
    "rate_limited",
    "api_error",
    "api_not_allowed",
    "api_not_found",
    "api_authentication_error",
    "system_dependency_missing",
    "system_error",
    "external_error",
)


def away(manifest: RemoteManifest, error: EngineAway) -> Failed:
    """It cannot be reached (another attempt will try), or died over the work (few more will)."""
    if error.broke:
        return Failed(
            FailureClass.ENGINE,
            "engine_broke_off",
            f"Engine {manifest.id} ended the connection during its work: {error}.",
            process_died=True,
        )
    return Failed(
        FailureClass.PLATFORM,
        "engine_unreachable",
        f"Engine {manifest.id} cannot be reached: {error}. Start the service, or register where "
        "it is now.",
    )


def not_ready(manifest: RemoteManifest, answer: EngineAnswer) -> Failed:
    """It is there and says that it cannot work."""
    return Failed(
        FailureClass.PLATFORM,
        "engine_not_ready",
        f"Engine {manifest.id} is not ready: {manifest.ready_url} answered {answer.status}"
        f"{_because(answer.reason)}. Look at the service.",
    )


def refused(manifest: RemoteManifest, answer: EngineAnswer) -> Failed:
    """It did not take the work, or could not do it: the answer's body is the reason."""
    if 300 <= answer.status < 400:
        return Failed(
            FailureClass.ENGINE,
            "engine_redirected",
            f"Engine {manifest.id} answered with a redirect ({answer.status}), which is not "
            "followed. Register the address it leads to.",
        )
    if answer.failure in set(FailureClass):
        kind = FailureClass(answer.failure)
        message = f"Engine {manifest.id} failed{_because(answer.reason)}."
        return Failed(kind, "engine_refused", message)
    if answer.status in BUSY:
        return Failed(
            FailureClass.PLATFORM,
            "engine_busy",
            f"Engine {manifest.id} answered {answer.status}{_because(answer.reason)}.",
        )
    code = "bad_result" if answer.status == 0 else "engine_refused"
    told = "" if answer.status == 0 else f" {answer.status}"
    return Failed(
        FailureClass.ENGINE, code, f"Engine {manifest.id} answered{told}{_because(answer.reason)}."
    )


def reported(manifest: RemoteManifest, reason: str, message: str) -> Failed:
    """A heartbeat said so."""
    kind = FailureClass.ENGINE
    if reason == "invalid_data":
        kind = FailureClass.INPUT
    elif reason in _PLATFORM:
        kind = FailureClass.PLATFORM
    told = f" ({reason})" if reason else ""
    return Failed(kind, "engine_reported", f"Engine {manifest.id} failed{told}{_because(message)}.")


def silent(manifest: RemoteManifest, seconds: float) -> Failed:
    """It had promised to tell, and does not."""
    return Failed(
        FailureClass.ENGINE,
        "heartbeat_timeout",
        f"Engine {manifest.id} sent neither a heartbeat nor a result for {seconds:g} s.",
    )


def too_large(manifest: RemoteManifest, most_bytes: int) -> Failed:
    """It sends without end."""
    return Failed(
        FailureClass.LIMIT,
        "output_flooded",
        f"Engine {manifest.id} answered with more than {most_bytes} bytes, the most it may.",
    )


def bad_result(manifest: RemoteManifest, why: str) -> Failed:
    """What it sent is no result."""
    return Failed(FailureClass.ENGINE, "bad_result", f"Engine {manifest.id}: {why}")


def not_allowed(manifest: RemoteManifest, why: str) -> Failed:
    """The operator does not let us go there, or not any more."""
    return Failed(FailureClass.PLATFORM, "engine_not_allowed", why)


def _because(reason: str) -> str:
    text = " ".join(reason.split())[:LONGEST].rstrip(".")
    return f": {text}" if text else ""
