"""Write an engine for Jobmill: subclass `Engine`, call `serve`, describe it in `engine.toml`.

Standard library only, and quick to import: an engine's process starts with this.
"""

from jobmill_engine.engine import (
    Engine,
    EngineFailed,
    Input,
    InputRejected,
    LimitReached,
    Result,
    Task,
    TaskCancelled,
)
from jobmill_engine.host import serve

__version__ = "0.1.0"
__all__ = [
    "Engine",
    "EngineFailed",
    "Input",
    "InputRejected",
    "LimitReached",
    "Result",
    "Task",
    "TaskCancelled",
    "serve",
]
