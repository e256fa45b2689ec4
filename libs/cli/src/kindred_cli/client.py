"""The services' APIs, as the command line uses them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from kindred_cli.errors import CommandError
from kindred_cli.launcher.home import Home
from kindred_cli.launcher.settings import LaunchSettings
from kindred_common.contracts.vocabulary import Service
from kindred_common.security.principals import Role

SUBJECT = "kindred-command-line"


class ClientSettings(BaseSettings):
    """Which system the commands talk to; by default the one that `kindred up` runs here.

    `KINDRED_URL` is its address with `{service}` where the service's name goes, `KINDRED_TOKEN` a token for it.
    """

    model_config = SettingsConfigDict(env_prefix="KINDRED_", extra="ignore")

    url: str | None = None
    token: SecretStr | None = None


class ServiceClient:
    """One service's API with the errors a person can read."""

    def __init__(self, service: Service, client: httpx.Client) -> None:
        self._service = service
        self._client = client

    def get(self, path: str, **parameters: str | int) -> dict[str, Any]:
        return self._json("GET", path, params=parameters)

    def post(self, path: str, **arguments: Any) -> dict[str, Any]:
        return self._json("POST", path, **arguments)

    def delete(self, path: str) -> None:
        self._json("DELETE", path)

    def _json(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        try:
            answer = self._client.request(method, path, **arguments)
        except httpx.HTTPError as error:
            address = self._client.base_url
            raise CommandError(f"{self._service} does not answer at {address}: {error}") from error
        if answer.is_error:
            raise CommandError(
                f"{self._service} answered {answer.status_code}: {problem_of(answer)}"
            )
        body: dict[str, Any] = answer.json() if answer.content else {}
        return body


@contextmanager
def service_client(service: Service) -> Iterator[ServiceClient]:
    """A client that is signed in."""
    settings, home = ClientSettings(), Home(LaunchSettings().home.absolute())
    url = settings.url.format(service=service) if settings.url else home.addresses().url(service)
    headers = {"Authorization": f"Bearer {_token(settings, home)}"}
    with httpx.Client(base_url=url, headers=headers, timeout=30.0) as client:
        yield ServiceClient(service, client)


def _token(settings: ClientSettings, home: Home) -> str:
    if settings.token is not None:
        return settings.token.get_secret_value()
    if settings.url is not None:
        raise CommandError("KINDRED_URL needs a KINDRED_TOKEN")
    return home.issuer().issue(SUBJECT, [Role.ADMINISTRATOR], ttl=timedelta(minutes=5))


def problem_of(answer: httpx.Response) -> str:
    """What a service says is wrong, in one line."""
    try:
        document = answer.json()
    except ValueError:
        return answer.reason_phrase
    words = [str(document[name]) for name in ("title", "detail") if document.get(name)]
    fields = [f"{one['field']}: {one['reason']}" for one in document.get("errors") or []]
    return "; ".join([*words, *fields]) or answer.reason_phrase
