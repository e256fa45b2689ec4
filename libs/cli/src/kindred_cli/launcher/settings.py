"""Settings of the launcher (environment, KINDRED_...)."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from kindred_common.messaging.settings import KafkaSettings

OWN_KAFKA = ""


class LaunchSettings(BaseSettings):
    """Where data lie, what an empty system begins with, and which servers of yours to use instead of starting some.

    `KINDRED_POSTGRES_ADMIN` is an administrator's `postgresql://...` address; roles and databases are made there.
    `KINDRED_DEMO_WORLD=false` leaves an empty system empty.
    `KINDRED_KAFKA__BOOTSTRAP` and the other `KINDRED_KAFKA__...` settings are those the services themselves read.
    """

    model_config = SettingsConfigDict(
        env_prefix="KINDRED_", env_nested_delimiter="__", extra="ignore", frozen=True
    )

    home: Path = Path(".kindred")
    demo_world: bool = True
    postgres_admin: str | None = None
    kafka: KafkaSettings = Field(default=KafkaSettings(bootstrap=OWN_KAFKA))

    @property
    def has_own_kafka(self) -> bool:
        return self.kafka.bootstrap == OWN_KAFKA
