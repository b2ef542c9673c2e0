"""Write an engine for Jobmill: subclass `Engine`, call `serve`, describe it in `engine.toml`.

Standard library only, and quick to import: an engine's process starts with this.
"""

from jobmill_engine.engine import (
    Engine,
    EngineFailed,
    Input,
    InputRejected,
    LimitReached,
    PlatformFailed,
    Result,
    Task,
    TaskCancelled,
)
from jobmill_engine.host import serve
from jobmill_engine.models import (
    ModelMissing,
    add_libraries,
    find_model,
    model_folder,
    models_folder,
)

__version__ = "0.1.0"
__all__ = [
    "Engine",
    "EngineFailed",
    "Input",
    "InputRejected",
    "LimitReached",
    "ModelMissing",
    "PlatformFailed",
    "Result",
    "Task",
    "TaskCancelled",
    "add_libraries",
    "find_model",
    "model_folder",
    "models_folder",
    "serve",
]
