"""Engines that are services: they speak the toolkit contract (`ready`, `process`, webhooks).

Every request goes through the guarded connector, to places that the operator allows. Imports no
HTTP library: that is done by the first attempt.
"""

from jobmill.adapters.http_engine.allowed import EngineGuard, check_engine_address
from jobmill.adapters.http_engine.choosing import ChoosingCatalog, ChoosingRunner
from jobmill.adapters.http_engine.runner import HttpEngineRunner, HttpLimits

__all__ = [
    "ChoosingCatalog",
    "ChoosingRunner",
    "EngineGuard",
    "HttpEngineRunner",
    "HttpLimits",
    "check_engine_address",
]
