"""Engines as the core sees them: what manifests promise, and the port that runs an attempt."""

from jobmill.core.engines.catalog import EngineCatalog, FoundNow, engine_of_feature, find_engine
from jobmill.core.engines.failing import failed_by
from jobmill.core.engines.parameters import check_parameters
from jobmill.core.engines.ports import (
    AttemptControl,
    AttemptListener,
    Done,
    EngineCall,
    EngineInput,
    EngineOutput,
    EngineRunner,
    EngineWarning,
    Failed,
    FailureClass,
    Outcome,
    Progress,
)
from jobmill.core.engines.service import OfferedFeature, get_engine, list_engines, list_features

__all__ = [
    "AttemptControl",
    "AttemptListener",
    "Done",
    "EngineCall",
    "EngineCatalog",
    "EngineInput",
    "EngineOutput",
    "EngineRunner",
    "EngineWarning",
    "Failed",
    "FailureClass",
    "FoundNow",
    "OfferedFeature",
    "Outcome",
    "Progress",
    "check_parameters",
    "engine_of_feature",
    "failed_by",
    "find_engine",
    "get_engine",
    "list_engines",
    "list_features",
]
