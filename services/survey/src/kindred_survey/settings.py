"""The only reader of this service's environment."""

from kindred_common.runtime.settings import ServiceSettings


class SurveySettings(ServiceSettings):
    """What survey needs to know. ``company`` is in whose name customers' pages speak."""

    company: str = ""
