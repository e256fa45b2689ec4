"""What happens around every request: trace, log, metrics, security headers, and no exception left unanswered."""

from time import perf_counter

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kindred_common.db.faults import is_transient, is_unwritable
from kindred_common.observability.logging import get_logger, log_context
from kindred_common.web.context import WebContext
from kindred_common.web.probes import LIVE, METRICS, READY
from kindred_common.web.problem_handlers import respond
from kindred_common.web.problems import Problem, problem_of_status
from kindred_common.web.routing import RouteTemplates
from kindred_common.web.tracing import CORRELATION_HEADER, begin_trace

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SERVER_ERROR = 500
QUIET_ROUTES = frozenset({LIVE, READY, METRICS})

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


_log = get_logger(__name__)


class SecurityHeaders:
    """Adds headers that keep browsers from running, framing, guessing or keeping what we send."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
                if scope.get("scheme") == "https":
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
            await send(message)

        await self._app(scope, receive, send_with_headers)


class Observation:
    """Gives each request a trace, counts and times it by route template, and logs it without address or token."""

    def __init__(self, app: ASGIApp, context: WebContext) -> None:
        self._app = app
        self._context = context
        self._templates = RouteTemplates()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        cause = begin_trace(scope, self._context.ids)
        started = perf_counter()
        status = 499  # what is counted when the client went away before it was answered

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[CORRELATION_HEADER] = cause.correlation_id
            await send(message)

        with log_context(correlation_id=cause.correlation_id):
            try:
                await self._app(scope, receive, watch)
            finally:
                self._record(scope, status, perf_counter() - started)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        route = self._templates.of(scope)
        method = scope["method"] if scope["method"] in METHODS else "OTHER"
        metrics = self._context.metrics
        metrics.http_requests_total.labels(method=method, route=route, status=str(status)).inc()
        metrics.http_request_seconds.labels(method=method, route=route).observe(seconds)
        if route not in QUIET_ROUTES:
            _log.info(
                "request answered",
                method=method,
                route=route,
                status=status,
                seconds=round(seconds, 4),
            )


class LastResort:
    """Answers 500 without details when anything unexpected happens, and logs where it happened."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watch(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception as error:
            if scope["type"] != "http":
                raise
            answer = _answer_to(error)
            if answer.status_code >= SERVER_ERROR:
                _log.exception("request failed")
            if begun:
                raise
            await respond(Request(scope), answer)(scope, receive, send)


def _answer_to(error: Exception) -> Problem:
    if is_transient(error):
        return problem_of_status(503, {"Retry-After": "5"})
    if is_unwritable(error):
        return Problem(422, "wrong-input", "The request holds what cannot be kept")
    return problem_of_status(500)
