"""From the headers of a request to the principal who sent it."""

from kindred_common.clock import Clock
from kindred_common.security.api_keys import ApiKeys
from kindred_common.security.principals import Principal
from kindred_common.security.settings import SecuritySettings
from kindred_common.security.signing_keys import SigningKeys
from kindred_common.security.tokens import InvalidToken, TokenVerifier


class Unauthenticated(Exception):  # noqa: N818 - named for the state of the request
    """The request proves no identity; the message is for our logs only."""


class Authenticator:
    """Accepts a bearer token or an API key, never both at once."""

    def __init__(self, tokens: TokenVerifier | None, api_keys: ApiKeys, clock: Clock) -> None:
        self._tokens = tokens
        self._api_keys = api_keys
        self._clock = clock

    @classmethod
    def from_settings(cls, settings: SecuritySettings, clock: Clock) -> "Authenticator":
        """Builds what the settings ask for.

        Raises:
            ValueError: the API key file is malformed.
            OSError: it cannot be read.
        """
        tokens = None
        if settings.jwks is not None:
            tokens = TokenVerifier(settings, SigningKeys(settings.jwks, clock), clock)
        return cls(tokens, ApiKeys.load(settings.api_keys_file), clock)

    async def authenticate(self, authorization: str | None, api_key: str | None) -> Principal:
        """Who sent these headers.

        Raises:
            Unauthenticated: nobody, or nobody we believe.
            KeysUnavailable: it cannot be judged now.
        """
        if authorization is not None and api_key is not None:
            raise Unauthenticated("a token and an API key at once")
        if api_key is not None:
            return self._by_key(api_key)
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token or self._tokens is None:
            raise Unauthenticated("no credentials")
        try:
            return await self._tokens.verify(token.strip())
        except InvalidToken as error:
            raise Unauthenticated(str(error)) from None

    def _by_key(self, api_key: str) -> Principal:
        principal = self._api_keys.find(api_key, self._clock.now())
        if principal is None:
            raise Unauthenticated("unknown API key")
        return principal
