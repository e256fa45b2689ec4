"""Settings of the command line, all from the environment (KINDRED_...)."""

import os
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class CacheSettings(BaseSettings):
    """Where fetched jars are kept (`KINDRED_CACHE`), and from where (`KINDRED_MAVEN_REPOSITORY`, a mirror's address)."""

    model_config = SettingsConfigDict(env_prefix="KINDRED_")

    cache: Path | None = None
    maven_repository: str | None = None

    @property
    def folder(self) -> Path:
        return self.cache or default_cache()


class TestServerSettings(BaseSettings):
    """Running servers for the tests: an administrator's `postgresql://...` address and a bootstrap address."""

    __test__ = False
    model_config = SettingsConfigDict(env_prefix="KINDRED_TEST_")

    postgres: str | None = None
    kafka: str | None = None


class _XdgSettings(BaseSettings):
    xdg_cache_home: Path | None = None


def default_cache() -> Path:
    """The user's cache folder, by the XDG rule."""
    base = _XdgSettings().xdg_cache_home
    return (base or Path("~/.cache").expanduser()) / "kindred"


def inherited_environment() -> dict[str, str]:
    """What a started service inherits: the whole environment of the launcher, its settings are in there."""
    return dict(os.environ)  # noqa: TID251 - this is the settings module of this package
