"""One system for commands that use several of its services, and for several people: by default the one of this folder."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

import httpx

from kindred_cli.client import SUBJECT, ClientSettings, problem_of
from kindred_cli.errors import CommandError
from kindred_cli.launcher.addresses import Addresses
from kindred_cli.launcher.home import Home
from kindred_cli.launcher.settings import LaunchSettings
from kindred_cli.servers.machine import HOST
from kindred_common.contracts.vocabulary import Service
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.security.principals import Role

JSON = dict[str, Any]


class Api:
    """One service's API for one person, with errors that a person can read."""

    def __init__(self, service: Service, client: httpx.AsyncClient) -> None:
        self._service = service
        self._client = client

    async def get(self, path: str, **parameters: str | int | bool) -> JSON:
        return await self.call("GET", path, params=parameters)

    async def try_get(self, path: str, **parameters: str | int | bool) -> JSON | None:
        """What is there, or None when nothing is."""
        answer = await self._request("GET", path, params=parameters)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        body: JSON = self._good(answer, f"GET {path}").json()
        return body

    async def post(self, path: str, **arguments: Any) -> JSON:
        return await self.call("POST", path, **arguments)

    async def call(self, method: str, path: str, **arguments: Any) -> JSON:
        """The JSON of a good answer.

        Raises:
            CommandError: no answer, or a bad one.
        """
        answer = await self.answer(method, path, **arguments)
        body: JSON = answer.json() if answer.content else {}
        return body

    async def answer(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """A good answer, whatever is in it."""
        return self._good(await self._request(method, path, **arguments), f"{method} {path}")

    async def _request(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        try:
            return await self._client.request(method, path, **arguments)
        except httpx.HTTPError as error:
            where, what = self._client.base_url, type(error).__name__
            raise CommandError(
                f"{self._service} does not answer at {where} ({what}); is the system up?"
            ) from error

    def _good(self, answer: httpx.Response, asked: str) -> httpx.Response:
        if answer.is_error:
            raise CommandError(
                f"{self._service} answered {answer.status_code} to {asked}: {problem_of(answer)}"
            )
        return answer


@dataclass(frozen=True, slots=True)
class LocalSystem:
    """Where everything is, and who signs tokens for it. ``elsewhere`` names another one for the APIs, if any."""

    home: Home
    addresses: Addresses
    kafka: KafkaSettings
    elsewhere: ClientSettings

    @classmethod
    def of(cls, settings: LaunchSettings) -> Self:
        """The one that the settings describe, as it runs or ran last."""
        home = Home(settings.home.absolute())
        addresses = home.addresses()
        kafka = settings.kafka
        if settings.has_own_kafka:
            kafka = kafka.model_copy(update={"bootstrap": f"{HOST}:{addresses.kafka}"})
        return cls(home, addresses, kafka, ClientSettings())

    def require_own(self) -> None:
        """Refuses to go on with a system of which we cannot sign in as anybody.

        Raises:
            CommandError: the settings name one elsewhere.
        """
        if self.elsewhere.url is not None:
            raise CommandError("this works on the system of this machine only; unset KINDRED_URL")

    @asynccontextmanager
    async def api(
        self, service: Service, role: Role = Role.ADMINISTRATOR, subject: str = SUBJECT
    ) -> AsyncIterator[Api]:
        """A service's API for whoever signs in as ``subject``; elsewhere for whom the given token is."""
        url, token = self.elsewhere.url, self.elsewhere.token
        if url is not None and token is None:
            raise CommandError("KINDRED_URL needs a KINDRED_TOKEN")
        own = self.home.issuer().issue(subject, [role], ttl=timedelta(hours=1))
        signed = own if token is None else token.get_secret_value()
        async with httpx.AsyncClient(
            base_url=url.format(service=service) if url else self.addresses.url(service),
            headers={"Authorization": f"Bearer {signed}"},
            timeout=30.0,
            trust_env=url is not None,
        ) as client:
            yield Api(service, client)

    @asynccontextmanager
    async def apis(self) -> AsyncIterator[dict[Service, Api]]:
        """All services' APIs for the administrator."""
        async with AsyncExitStack() as stack:
            yield {
                service: await stack.enter_async_context(self.api(service))
                for service in Service
                if service is not Service.OUTSIDE
            }
