"""Every POST may come twice: it goes by an ``Idempotency-Key``, or is known to change nothing the second time."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from tests.architecture.test_api_documents import SERVICES, Json, resolved

from kindred_common.clock import new_id
from kindred_common.contracts.vocabulary import Service
from kindred_common.db.settings import DatabaseSettings
from kindred_common.runtime.foundation import lay_foundation
from kindred_common.security.local_issuer import LocalIssuer
from kindred_common.security.principals import Role
from kindred_common.security.settings import SecuritySettings
from kindred_common.testing.clocks import OffsetClock
from kindred_common.testing.sites import browse
from kindred_common.web.idempotency import HEADER
from kindred_common.web.openapi import IDEMPOTENCY_KEY

WITHOUT_KEY = {
    "survey /v1/imports": "rows that were taken are told as unchanged",
    "profile /v1/imports": "a file that was taken with its mapping is known again",
    "invitations /v1/customers/search": "only looks",
    # Forms of pages, which are not in the document, because browsers send no key.
    "survey /s/{token}/{position}": "the answer to a question replaces the one before",
    "survey /s/{token}/withdrawals": "what was withdrawn is gone",
    "invitations /r/{token}": "a reply that was given is given",
    "outreach /u/{token}": "who is unsubscribed stays so",
    "feedback /f/{token}": "what is said anew replaces what was said",
}
WORKS_FIRST = {
    "matching /v1/what-if": "works its answer out before it opens the transaction that keeps it"
}


@dataclass(frozen=True, slots=True)
class Api:
    """A service without a database, and a token of somebody who may do everything."""

    service: Service
    app: FastAPI
    token: str

    def posts(self) -> Iterator[tuple[str, Json]]:
        """Each POST by its name, with what the document says of it."""
        paths = self.app.openapi()["paths"]
        for context in iter_route_contexts(self.app.routes):
            if "POST" in (context.methods or ()):
                path = context.path_format or ""
                yield path, paths.get(path, {}).get("post", {})

    async def goes_by_key(self, path: str, operation: Json) -> bool:
        """Whether a request as it should be is refused for a key that is none, before anything is looked up."""
        parameters = operation["parameters"]
        places = {p["name"]: p["schema"] for p in parameters if p["in"] == "path"}
        values = {n: 1 if s["type"] == "integer" else new_id() for n, s in places.items()}
        headers = {"Authorization": f"Bearer {self.token}", HEADER: "two words"}
        async with browse(self.app) as client:
            body = self._body(operation)
            answer = await client.post(path.format(**values), json=body, headers=headers)
        return "wrong-idempotency-key" in answer.text

    def _body(self, operation: Json) -> object:
        if "requestBody" not in operation:
            return None
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        choices = [resolved(self.service, one) for one in schema.get("anyOf", [schema])]
        assert "examples" in choices[0], f"no example of a whole body: {schema}"
        return choices[0]["examples"][0]


@pytest.fixture(params=SERVICES)
def api(request: pytest.FixtureRequest, tmp_path: Path) -> Api:
    service: Service = request.param
    issuer = LocalIssuer(
        tmp_path, issuer="kindred-local", audience="kindred", clock=OffsetClock(), ids=new_id
    )
    definition = import_module(f"kindred_{service}.bootstrap").SERVICE
    settings = definition.settings(
        database=DatabaseSettings(url="postgresql://kindred@127.0.0.1:1/kindred"),
        security=SecuritySettings(jwks=str(issuer.jwks)),
    )
    app = definition.assemble(lay_foundation(service, settings)).app
    return Api(service, app, issuer.issue("anna", list(Role)))


async def test_every_post_goes_by_its_key_or_is_known_to_need_none(api: Api) -> None:
    unheeded, without = [], []
    for path, operation in api.posts():
        name = f"{api.service} {path}"
        if IDEMPOTENCY_KEY not in operation.get("parameters", []):
            without.append(name)
        elif name not in WORKS_FIRST and not await api.goes_by_key(path, operation):
            unheeded.append(name)

    assert unheeded == [], "shown to take a key, which is ignored"
    assert sorted(without) == sorted(name for name in WITHOUT_KEY if name.split()[0] == api.service)
