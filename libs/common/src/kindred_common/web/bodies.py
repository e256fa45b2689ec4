"""Who may send a body, how long it may be, and a digest of what was read of it."""

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kindred_common.web.auth import admit
from kindred_common.web.problems import Problem
from kindred_common.web.routing import is_public

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

LARGEST_UPLOAD = 20 * 1024 * 1024
LARGEST_PUBLIC = 256 * 1024
"""What anybody may send: some pages of text, however a browser writes them."""

_MARK = "kindred_body_limit"
_DIGEST = "kindred.body_digest"


def accepts_up_to(limit: int) -> Callable[[Endpoint], Endpoint]:
    """Lets one route take a longer body than the application's limit: an upload, at most 20 MiB.

    Raises:
        ValueError: more than 20 MiB is asked for.
    """
    if not 0 < limit <= LARGEST_UPLOAD:
        raise ValueError("a body can be 20 MiB long at most")

    def mark(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, _MARK, limit)
        return endpoint

    return mark


class BodyLimit:
    """Refuses longer bodies with 413, by their announced length if there is one, else as they come in.

    Who may not call a route is refused before his body is read: FastAPI reads and parses it first.
    """

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        digest = scope[_DIGEST] = hashlib.sha256()
        announced = _announced(scope)
        total, limit = 0, None

        async def receive_limited() -> Message:
            nonlocal total, limit
            if limit is None:
                # The route is known by now: nothing reads a body before a route was chosen.
                request = Request(scope)
                limit = self._limit_of(request)
                await admit(request)
            if announced > limit:
                raise _too_long(limit)
            message = await receive()
            chunk = message.get("body", b"")
            total += len(chunk)
            if total > limit:
                raise _too_long(limit)
            digest.update(chunk)
            return message

        await self._app(scope, receive_limited, send)

    def _limit_of(self, request: Request) -> int:
        usual = min(self._limit, LARGEST_PUBLIC) if is_public(request) else self._limit
        limit: int = getattr(request.scope.get("endpoint"), _MARK, usual)
        return limit


def body_digest(scope: Scope) -> bytes:
    """SHA-256 of the part of the body that has been read."""
    digest: bytes = scope[_DIGEST].digest()
    return digest


def _announced(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else 0


def _too_long(limit: int) -> Problem:
    return Problem(413, "content-too-large", "The body is too long", f"At most {limit} bytes.")
