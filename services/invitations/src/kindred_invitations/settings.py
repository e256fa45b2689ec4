"""The settings of the invitations service."""

from kindred_common.runtime.settings import ServiceSettings


class InvitationsSettings(ServiceSettings):
    """Nothing beyond what every service needs; ``http.public_url`` begins the links that guests get."""
