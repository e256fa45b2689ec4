"""What the parts of a web application share: who it is and what it was given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from starlette.requests import HTTPConnection

from kindred_common.clock import Clock, Ids, new_id
from kindred_common.observability.health import Health
from kindred_common.observability.metrics import Metrics
from kindred_common.security.authenticator import Authenticator

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class PublicLimits:
    """How often public pages may be asked for: requests at once (burst) and per second after that."""

    client_burst: int = 240
    client_per_second: float = 10.0
    link_burst: int = 60
    link_per_second: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WebContext:
    """Given once to :func:`create_application`; endpoints reach it with :func:`context_of`."""

    service: str
    version: str
    clock: Clock
    authenticator: Authenticator
    metrics: Metrics
    health: Health
    ids: Ids = new_id
    body_limit: int = MIB
    public_limits: PublicLimits = field(default_factory=PublicLimits)


ProblemMap = Mapping[type[Exception], tuple[int, str]]
"""Which status and problem name a domain error becomes."""


def context_of(request: HTTPConnection) -> WebContext:
    """What the application behind this request was given."""
    return cast("WebContext", request.app.state.kindred)
