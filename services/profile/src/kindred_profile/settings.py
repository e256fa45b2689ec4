"""The settings of the profile service."""

from kindred_common.runtime.settings import ServiceSettings


class ProfileSettings(ServiceSettings):
    """Nothing beyond what every service needs to know."""
