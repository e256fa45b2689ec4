"""How a service reaches its database."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, SecretStr
from sqlalchemy.engine import URL, make_url


class DatabaseSettings(BaseModel):
    """Address of one service's database.

    ``url`` is a ``postgresql://role@host:port/name`` address. ``password`` may stand apart from it, so that a secret file
    can supply it. ``tls_ca`` names a PEM file; with it the server's certificate and host name are verified.
    """

    model_config = ConfigDict(frozen=True)

    url: str = "postgresql://127.0.0.1:5432/kindred"
    password: SecretStr | None = None
    tls_ca: Path | None = None
    pool_size: int = 10

    def address(self) -> URL:
        """The SQLAlchemy address with the asynchronous driver and the password filled in."""
        url = make_url(self.url).set(drivername="postgresql+asyncpg")
        if self.password is not None:
            url = url.set(password=self.password.get_secret_value())
        return url
