"""Closed by default: who may call a route is said at the route, and nobody may call what says nothing."""

from dataclasses import dataclass

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext

from kindred_common.observability.logging import get_logger
from kindred_common.security.authenticator import Unauthenticated
from kindred_common.security.principals import Principal, Role
from kindred_common.security.signing_keys import KeysUnavailable
from kindred_common.web.context import context_of
from kindred_common.web.problems import Problem, problem_of_status
from kindred_common.web.routing import is_public

_log = get_logger(__name__)


async def deny_by_default(request: Request) -> None:
    """Stands before every route of an application; lets only principals with a role pass, save on public routes."""
    if not is_public(request):
        principal = await current_principal(request)
        if not principal.has_role():
            raise problem_of_status(403)


async def admit(request: Request) -> None:
    """Refuses as :func:`deny_by_default` does, where only an answer can be raised.

    Raises:
        Problem: 401, 403, or 503 when it cannot be judged now.
    """
    try:
        await deny_by_default(request)
    except Unauthenticated as error:
        raise unauthenticated(error) from None
    except KeysUnavailable:
        raise keys_unavailable() from None


async def current_principal(request: Request) -> Principal:
    """Who sent the request.

    Raises:
        Unauthenticated: nobody we know; becomes 401.
    """
    known: Principal | None = getattr(request.state, "principal", None)
    if known is None:
        known = await context_of(request).authenticator.authenticate(
            request.headers.get("authorization"), request.headers.get("x-api-key")
        )
        request.state.principal = known
    return known


@dataclass(frozen=True)
class Requirement:
    """What a route asks of its caller; made by :func:`requires`."""

    roles: frozenset[Role]
    scope: str | None

    def in_words(self) -> str:
        """For the documentation."""
        roles = ", ".join(sorted(self.roles)) or "any"
        scope = f"; keys need the scope `{self.scope}`" if self.scope else ""
        return f"Roles: {roles}{scope}."

    async def __call__(self, request: Request) -> Principal:
        principal = await current_principal(request)
        if principal.has_role(*self.roles) and principal.has_scope(self.scope):
            return principal
        raise problem_of_status(403)


def requirement_of(context: RouteContext) -> Requirement | None:
    """What a route asks of its caller, if it says so."""
    dependant: Dependant | None = getattr(context, "dependant", None)
    for dependency in dependant.dependencies if dependant else ():
        if isinstance(dependency.call, Requirement):
            return dependency.call
    return None


def requires(*roles: Role, scope: str | None = None) -> Requirement:
    """A dependency that gives the principal if it has one of the roles, and the scope if it is limited to scopes.

    ``principal: Annotated[Principal, Depends(requires(Role.ADMINISTRATOR, scope="surveys:write"))]``
    """
    return Requirement(frozenset(roles), scope)


def unauthenticated(error: Unauthenticated) -> Problem:
    """401; why is for our logs only."""
    _log.info("request refused", reason_code=str(error))
    return problem_of_status(401, {"WWW-Authenticate": 'Bearer realm="kindred"'})


def keys_unavailable() -> Problem:
    """503 while nobody's token can be judged."""
    return problem_of_status(503, {"Retry-After": "30"})
