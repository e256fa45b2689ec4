"""Where a peer finds its database and broker."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class PeerSettings(BaseSettings):
    """From the environment, ``PEER_DATABASE`` and so on."""

    model_config = SettingsConfigDict(env_prefix="PEER_")

    plain_database: str = ""
    bootstrap: str = ""
    port: int = 8000

    @property
    def database(self) -> str:
        return self.plain_database.replace("postgresql://", "postgresql+asyncpg://")
