"""Follows a request through logs, records and other systems: correlation id and W3C trace context."""

import re

from starlette.requests import HTTPConnection
from starlette.types import Scope

from kindred_common.clock import Ids
from kindred_common.contracts.record import Cause

CORRELATION_HEADER = "x-correlation-id"

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TRACEPARENT = re.compile(r"00-(?P<trace>(?!0{32})[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")

_SCOPE_KEY = "kindred.cause"


def begin_trace(scope: Scope, ids: Ids) -> Cause:
    """Takes the caller's correlation id and trace if they are well formed, else makes new ones."""
    headers = dict(scope["headers"])
    correlation_id = headers.get(CORRELATION_HEADER.encode(), b"").decode("latin-1").lower()
    if not _UUID.fullmatch(correlation_id):
        correlation_id = str(ids())
    given = _TRACEPARENT.fullmatch(headers.get(b"traceparent", b"").decode("latin-1"))
    trace = given["trace"] if given else ids().hex
    cause = Cause(correlation_id, None, f"00-{trace}-{ids().hex[16:]}-01")
    scope[_SCOPE_KEY] = cause
    return cause


def cause_of(request: HTTPConnection) -> Cause:
    """The cause of whatever the request leads to; usable as a FastAPI dependency."""
    cause: Cause = request.scope[_SCOPE_KEY]
    return cause


def correlation_id_of(request: HTTPConnection) -> str | None:
    """The id to quote when asking for help; None before the trace began."""
    cause: Cause | None = request.scope.get(_SCOPE_KEY)
    return cause.correlation_id if cause else None
