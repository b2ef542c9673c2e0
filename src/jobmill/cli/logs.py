"""How the processes log: one line an event on stderr, for people or as JSON."""

import logging
import sys
from typing import Any

import structlog

from jobmill.cli.output import note
from jobmill.cli.settings import LogFormat, LogLevel


def set_up_logs(form: LogFormat, level: LogLevel) -> None:
    """Send structlog's events and the standard library's records the same way."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_rendering(form),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for chatty in ("uvicorn.access", "uvicorn.error", "alembic", "httpx2", "httpcore2"):
        logging.getLogger(chatty).setLevel(max(root.level, logging.WARNING))


def say_goodbye(form: LogFormat) -> None:
    """The last line of a process that stopped in good order."""
    if form is LogFormat.JSON:
        structlog.get_logger("jobmill").info("process.stopped")
    else:
        note("Stopped.")


def _rendering(form: LogFormat) -> list[Any]:
    # Tracebacks without the values of variables: among them are keys and what users sent.
    if form is LogFormat.JSON:
        frames = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        return [structlog.processors.ExceptionRenderer(frames), structlog.processors.JSONRenderer()]
    return [
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    ]
