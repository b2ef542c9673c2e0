"""How attempts end, whatever runs their engine."""

from jobmill.core.engines.ports import Failed, FailureClass
from jobmill_engine.manifest import Manifest


def timed_out(manifest: Manifest, seconds: float) -> Failed:
    """The time of the attempt is over."""
    return Failed(
        FailureClass.LIMIT,
        "timed_out",
        f"Engine {manifest.id} did not finish within {seconds:g} s. "
        "Give it more time (`timeout`), or less to do.",
    )
