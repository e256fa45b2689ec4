"""A web application in a test, without a server: its identities, and a browser for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
from fastapi import APIRouter, FastAPI

from kindred_common.clock import new_id
from kindred_common.observability.health import Health
from kindred_common.observability.metrics import Metrics
from kindred_common.security.api_keys import ApiKeyEntry, ApiKeys, new_api_key
from kindred_common.security.authenticator import Authenticator
from kindred_common.security.local_issuer import LocalIssuer
from kindred_common.security.principals import Role
from kindred_common.security.settings import SecuritySettings
from kindred_common.security.signing_keys import SigningKeys
from kindred_common.security.tokens import TokenVerifier
from kindred_common.testing.clocks import FakeClock
from kindred_common.web.application import create_application
from kindred_common.web.context import ProblemMap, WebContext


@dataclass(frozen=True, slots=True)
class Site:
    """What an application is given, and the means to sign in; ``api_key`` has the role system and the given scopes."""

    context: WebContext
    clock: FakeClock
    issuer: LocalIssuer
    api_key: str

    def application(
        self, *routers: APIRouter, problems: ProblemMap | None = None, **changes: Any
    ) -> FastAPI:
        """An application with these routers; ``changes`` are fields of the context."""
        return create_application(
            replace(self.context, **changes), routers, title="Test", problems=problems
        )

    def client(
        self, *routers: APIRouter, problems: ProblemMap | None = None, **changes: Any
    ) -> httpx.AsyncClient:
        """A client, not signed in, of an application with these routers."""
        return browse(self.application(*routers, problems=problems, **changes))

    def signed_in(
        self, *roles: Role, subject: str = "anna", scopes: Sequence[str] = ()
    ) -> dict[str, str]:
        """The header of somebody with these roles; a viewer if none is named."""
        token = self.issuer.issue(subject, roles or (Role.VIEWER,), scopes=scopes)
        return {"Authorization": f"Bearer {token}"}


def browse(app: FastAPI) -> httpx.AsyncClient:
    """A client that calls the application directly."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://kindred.test")


def lay_out_site(directory: Path, *, scopes: Sequence[str]) -> Site:
    """A site whose keys are kept in ``directory``."""
    clock = FakeClock()
    issuer = LocalIssuer(
        directory, issuer="kindred-local", audience="kindred", clock=clock, ids=new_id
    )
    key = new_api_key()
    entry = ApiKeyEntry(
        name="crm", sha256=key.sha256, roles=frozenset({Role.SYSTEM}), scopes=frozenset(scopes)
    )
    settings = SecuritySettings(jwks=str(issuer.jwks))
    tokens = TokenVerifier(settings, SigningKeys(str(issuer.jwks), clock), clock)
    context = WebContext(
        service="test",
        version="1.2.3",
        clock=clock,
        authenticator=Authenticator(tokens, ApiKeys([entry]), clock),
        metrics=Metrics(),
        health=Health(clock),
    )
    return Site(context, clock, issuer, key.key)
