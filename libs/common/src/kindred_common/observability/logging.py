"""Structured logs: one JSON object a line on standard output, without personal data, for our code and all libraries."""

import logging
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from copy import copy
from typing import Any, TextIO, cast

import structlog
from structlog.contextvars import bound_contextvars
from structlog.types import Processor

from kindred_common.observability.redaction import Event, describe_exceptions, withhold_unlisted

Logger = structlog.stdlib.BoundLogger

TRUSTED = ("kindred_", "aiokafka", "alembic", "uvicorn.error")
"""Loggers whose messages may be shown filled in. Of all others only the unfilled first line is shown."""

QUIET = {"aiokafka": "WARNING", "asyncio": "WARNING", "httpx": "WARNING", "httpcore": "WARNING"}
"""Libraries that say too much at the level we ask of ourselves."""

REPEATING = ("aiokafka", "faust")
"""Libraries that repeat themselves: hundreds of times a second while a broker is away."""

_PROCESSORS: tuple[Processor, ...] = (
    structlog.stdlib.filter_by_level,
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
)


def get_logger(name: str) -> Logger:
    """A logger for one module: ``get_logger(__name__)``. Messages are constant; what varies goes in keyword values."""
    return cast(
        "Logger",
        structlog.wrap_logger(
            logging.getLogger(name),
            processors=_PROCESSORS,
            wrapper_class=structlog.stdlib.BoundLogger,
        ),
    )


def log_context(**values: object) -> AbstractContextManager[None]:
    """Adds values (``correlation_id``, ``record_id``) to every line that is logged inside the block."""
    return cast("AbstractContextManager[None]", bound_contextvars(**values))


def configure_logging(service: str, level: str = "INFO", *, stream: TextIO | None = None) -> None:
    """Sends all logging of this process through one pipeline.

    Args:
        service: the name that stands in each line.
        level: the least severe level shown.
        stream: where lines go; standard output when it is left out.
    """
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(_Formatter(service))
    handler.addFilter(_OnceASecond())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.getLogger("uvicorn.access").disabled = True  # it would show personal links
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(max(logging.getLevelName(least), root.level))
    logging.captureWarnings(capture=True)


class _OnceASecond(logging.Filter):
    """Lets each message of a library that repeats itself through once a second, and tells how often it was held back."""

    def __init__(self) -> None:
        super().__init__()
        self._told: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is shown; its message is what stands in the source, so there are few."""
        if not record.name.startswith(REPEATING):
            return True
        message = record.name, str(record.msg)
        told, held_back = self._told.get(message, (0.0, 0))
        if record.created < told + 1.0:
            self._told[message] = told, held_back + 1
            return False
        self._told[message] = record.created, 0
        if held_back:
            record.msg = f"{record.msg} (and {held_back} times more)"
        return True


class _Formatter(structlog.stdlib.ProcessorFormatter):
    """Turns records of structlog and of the standard library into the same JSON lines."""

    def __init__(self, service: str) -> None:
        super().__init__(
            foreign_pre_chain=[structlog.contextvars.merge_contextvars],
            processors=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                _naming(service),
                describe_exceptions,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                withhold_unlisted,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            use_get_message=False,
        )

    def format(self, record: logging.LogRecord) -> str:
        """Shows messages of libraries as they stand in the source: their arguments may be anybody's data."""
        if not isinstance(record.msg, dict):
            trusted = record.name.startswith(TRUSTED)
            record = copy(record)
            record.msg = record.getMessage() if trusted else str(record.msg).partition("\n")[0]
            record.args = ()
        return super().format(record)


def _naming(service: str) -> Processor:
    def name(_logger: object, _method: str, event: Event) -> Event:
        event["service"] = service
        return event

    return cast("Callable[[Any, str, Event], Event]", name)
