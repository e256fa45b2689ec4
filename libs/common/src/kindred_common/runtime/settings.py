"""The settings of a service process, from environment variables, files named by them, or a ``.env`` file."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from kindred_common.db.settings import DatabaseSettings
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.security.settings import SecuritySettings

PREFIX = "KINDRED_"
DELIMITER = "__"
_FILE = "_FILE"


class HttpSettings(BaseModel):
    """Where a process listens. ``public_url`` is the address under which customers reach the service's pages.

    ``trusted_proxies`` are the addresses or networks (comma-separated) whose X-Forwarded-For is believed: the ingress.
    One client address may ask for ``public_client_burst`` public pages at once and ``public_client_per_second`` after that;
    raise both where many customers share an address, behind a proxy for example.
    """

    model_config = ConfigDict(frozen=True)

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)
    public_url: str | None = None
    trusted_proxies: str = "127.0.0.1"
    public_client_burst: int = Field(default=240, ge=1)
    public_client_per_second: float = Field(default=10.0, gt=0)

    @property
    def pages(self) -> str:
        """The address that personal links begin with."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


class ServiceSettings(BaseSettings):
    """What every service process needs to know.

    ``KINDRED_KAFKA__BOOTSTRAP`` sets ``kafka.bootstrap``; ``KINDRED_DATABASE__PASSWORD_FILE`` names a file that holds
    ``database.password``. A variable that is there but empty counts as not given. ``clock_offset_seconds`` moves the clock,
    for rehearsals.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter=DELIMITER,
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
    )

    database: DatabaseSettings = DatabaseSettings()
    kafka: KafkaSettings = KafkaSettings()
    security: SecuritySettings = SecuritySettings()
    http: HttpSettings = HttpSettings()
    log_level: str = "INFO"
    clock_offset_seconds: float = 0.0

    @property
    def clock_offset(self) -> timedelta:
        return timedelta(seconds=self.clock_offset_seconds)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is given
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _NamedFiles(settings_cls), dotenv_settings


class _NamedFiles(PydanticBaseSettingsSource):
    """Values from files: ``KINDRED_A__B_FILE`` names the file that holds ``a.b``, where that is a field."""

    def get_field_value(
        self,
        field: FieldInfo,  # noqa: ARG002 - the signature is given
        field_name: str,
    ) -> tuple[Any, str, bool]:
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, path in os.environ.items():  # noqa: TID251 - this is where settings are read
            if name.startswith(PREFIX) and name.endswith(_FILE) and path:
                self._read(name, Path(path), values)
        return values

    def _read(self, name: str, path: Path, values: dict[str, Any]) -> None:
        steps = name.removeprefix(PREFIX).removesuffix(_FILE).lower().split(DELIMITER)
        if not _is_field(self.settings_cls, steps):
            return
        place = values
        for step in steps[:-1]:
            place = place.setdefault(step, {})
        place[steps[-1]] = path.read_text().strip()


def _is_field(model: type[BaseModel], steps: list[str]) -> bool:
    field = model.model_fields.get(steps[0])
    if field is None or len(steps) == 1:
        return field is not None
    inner = field.annotation
    return isinstance(inner, type) and issubclass(inner, BaseModel) and _is_field(inner, steps[1:])
