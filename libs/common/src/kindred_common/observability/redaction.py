"""What may stand in a log line: an allow-list, so that a forgotten field is withheld rather than leaked."""

import re
import sys
import traceback
from collections.abc import MutableMapping
from datetime import date, datetime
from enum import Enum
from types import TracebackType
from typing import Any
from uuid import UUID

WITHHELD = "[withheld]"
LONGEST = 300
DEEPEST = 8

LOGGABLE = frozenset(
    {
        # the line itself
        "event", "level", "timestamp", "logger", "exception", "service",
        # where it belongs
        "correlation_id", "record_id", "record_type", "topic", "partition", "offset", "sequence", "group",
        "requests", "records", "rows",
        "loop", "job", "attempt", "attempts", "batch", "count", "delay_seconds", "seconds", "lag", "phase",
        # what became of it: names of rules and kinds, never the words of a person
        "outcome", "verdict", "reason_code", "error", "kind", "purpose", "state", "version", "epoch", "gap",
        # requests, by route template
        "method", "route", "status", "role", "scope",
        # processes and servers
        "host", "port", "pid", "process", "signal", "exit_code", "database", "migration", "python", "release",
        # identifiers of things that are not people
        "survey_id", "wave_id", "event_id", "account_id", "job_id", "writer_id", "instance",
    }
)  # fmt: skip
"""The keys that may be logged. Identifiers of persons are left out: with the database they resolve to one."""

_MAIL_ADDRESS = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"']+")
_PASSWORD = re.compile(r"(?<=://)[^/@\s]+@")

Event = MutableMapping[str, Any]


def withhold_unlisted(_logger: object, _method: str, event: Event) -> Event:
    """Replaces every value that is not known to be free of personal data."""
    for key, value in event.items():
        if key.startswith("_"):
            continue
        event[key] = _loggable(value) if key in LOGGABLE else WITHHELD
    return event


def _loggable(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Enum):
        return _loggable(value.value)
    if isinstance(value, UUID | date | datetime):
        return str(value)
    if isinstance(value, str):
        return scrub(value)
    return _parts(value)


def _parts(value: object) -> object:
    if isinstance(value, dict):  # only our own description of an exception
        return {str(key): _loggable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_loggable(part) for part in value]
    return WITHHELD


def scrub(text: str) -> str:
    """Cuts mail addresses, passwords in addresses and what is too long out of a text."""
    text = _MAIL_ADDRESS.sub(WITHHELD, _PASSWORD.sub("", text))
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def describe_exceptions(_logger: object, _method: str, event: Event) -> Event:
    """Replaces ``exc_info`` by type and location: messages of exceptions quote the data they choked on."""
    failure = _failure(event.pop("exc_info", None))
    event.pop("exc_text", None)
    event.pop("stack_info", None)
    if failure is not None:
        event["exception"] = describe(failure)
    return event


def _failure(exc_info: object) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return exc_info[1] if isinstance(exc_info[1], BaseException) else None
    return sys.exc_info()[1] if exc_info else None


def describe(failure: BaseException, depth: int = 0) -> dict[str, object]:
    """Type, innermost places and causes of an exception, without its message."""
    kind = type(failure)
    told: dict[str, object] = {
        "type": f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins."),
        "at": _places(failure.__traceback__),
    }
    if depth >= DEEPEST:
        return told
    if isinstance(failure, BaseExceptionGroup):
        told["members"] = [describe(member, depth + 1) for member in failure.exceptions[:DEEPEST]]
    cause = failure.__cause__ or (None if failure.__suppress_context__ else failure.__context__)
    if cause is not None:
        told["cause"] = describe(cause, depth + 1)
    return told


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.StackSummary.extract(traceback.walk_tb(trace), lookup_lines=False)
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames[-DEEPEST:]]


def _short(filename: str) -> str:
    return "/".join(filename.split("/")[-2:])
