"""The settings of invitations, read from the environment: ``KINDRED_COMPANY`` and what every service needs."""

from kindred_common.runtime.settings import ServiceSettings


class InvitationsSettings(ServiceSettings):
    """``company`` is whom the guests' pages speak for; ``http.public_url`` begins the links that guests get."""

    company: str = "Kindred"
