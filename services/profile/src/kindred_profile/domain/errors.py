"""What can be wrong with what others ask of or tell about a customer.

::

    ProfileError
    ├── WrongFact         a record says something that cannot be: field and reason
    ├── UnknownCustomer   nobody by this id, or not for the one who asks
    ├── UnknownAccount    the same for an account
    ├── AlreadyKnown      what should be made is there
    ├── IdentityTaken     another customer goes by this name
    └── Outdated          it changed since it was read
"""

from uuid import UUID


class ProfileError(Exception):
    """Something that is expected to go wrong now and then."""


class WrongFact(ProfileError):  # noqa: N818 - named for what it tells
    """``field`` says where, ``reason`` why, without the value."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field} {reason}")
        self.field = field
        self.reason = reason


class UnknownCustomer(ProfileError):  # noqa: N818 - named for what it tells
    """There is no such customer for the one who asks."""


class UnknownAccount(ProfileError):  # noqa: N818 - named for what it tells
    """There is no such account for the one who asks."""

    def __init__(self, account_id: UUID | None = None) -> None:
        super().__init__("There is no such account")
        self.account_id = account_id


class AlreadyKnown(ProfileError):  # noqa: N818 - named for what it tells
    """It exists already."""


class IdentityTaken(ProfileError):  # noqa: N818 - named for what it tells
    """This source and external id mean another customer."""


class Outdated(ProfileError):  # noqa: N818 - named for what it tells
    """Someone changed it in the meantime."""
