"""What invitations refuses, and why.

::

    Refused
    ├── Unknown            there is no such event, invitation or customer
    ├── WrongEvent         an event that cannot be: ``field`` says where
    ├── StaleEdition       the event was edited since it was read
    └── NotPossible        what the present state does not allow
        ├── IllegalStep          the invitation cannot take this step from where it stands
        ├── NoSeatLeft           the event has fewer free seats than asked for
        ├── EventClosed          the event is cancelled or has begun
        ├── TooEarly             attendance is reported before the doors are open
        ├── NotInvitable         the customer may not be invited: ``reasons`` are codes
        ├── CompanionNotAllowed  nobody may be brought along
        ├── SeatsAlreadyGiven    fewer seats than are given to guests
        └── OwnedElsewhere       another system plans this event
"""

from collections.abc import Sequence


class Refused(Exception):  # noqa: N818 - a decision, not a failure
    """Invitations decided against what was asked; the message carries no personal data."""


class Unknown(Refused):
    """There is no such thing; ``kind`` is event, invitation or customer."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"There is no such {kind}")
        self.kind = kind


class WrongEvent(Refused):
    """The description of an event contradicts itself or names what does not exist."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field} {reason}")
        self.field = field
        self.reason = reason


class StaleEdition(Refused):
    """Somebody else edited the event since it was read."""


class NotPossible(Refused):
    """The present state does not allow it."""


class IllegalStep(NotPossible):
    """The invitation cannot go from where it stands to where it is asked to go."""

    def __init__(self, before: str, after: str) -> None:
        super().__init__(f"An invitation that is {before} cannot become {after}")
        self.before = before
        self.after = after


class NoSeatLeft(NotPossible):
    """Fewer seats are free than were asked for; nothing was given."""

    def __init__(self) -> None:
        super().__init__("All seats have been given")


class EventClosed(NotPossible):
    """The event is cancelled or has begun."""

    def __init__(self) -> None:
        super().__init__("The event is cancelled or has begun")


class TooEarly(NotPossible):
    """Nobody can have attended yet."""

    def __init__(self) -> None:
        super().__init__("Attendance can be reported from a day before the event begins")


class NotInvitable(NotPossible):
    """The customer may not be invited to this event; ``reasons`` names every rule that bars it."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("Barred by: " + ", ".join(reasons))
        self.reasons = tuple(reasons)


class CompanionNotAllowed(NotPossible):
    """A second seat was asked for where guests come alone."""

    def __init__(self) -> None:
        super().__init__("Guests of this event come alone")


class SeatsAlreadyGiven(NotPossible):
    """The event would have fewer seats than its guests have been given."""

    def __init__(self) -> None:
        super().__init__("More seats than that have been given already")


class OwnedElsewhere(NotPossible):
    """Another system plans the event; its next record would undo the change."""

    def __init__(self) -> None:
        super().__init__("Another system plans this event: change it there")
