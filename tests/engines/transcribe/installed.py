"""The real models of speech; see `tests.engines.installed`."""

from pathlib import Path

from tests.engines.installed import ModelsMissing, installed

__all__ = ["ModelsMissing", "installed_models"]


def installed_models() -> Path:
    """The folder with both models and their libraries. Raises ModelsMissing."""
    return installed("whisper-tiny-en", "whisper-base")
