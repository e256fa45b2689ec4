"""What a handler can say of a record it does not apply.

::

    NotApplied
    ├── Rejected   the record is wrong: it becomes a dead letter with field and reason
    └── Early      what it refers to is not known yet: it waits up to a day

Anything else that a handler raises is either a database that is away (everything waits) or a bug (three tries, then the key
is parked).
"""


class NotApplied(Exception):  # noqa: N818 - a verdict, not a failure
    """A handler's verdict on a record that it did not apply."""


class Rejected(NotApplied):
    """The record can never be applied as it is: ``field`` says where, ``reason`` why, without the value."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(field, reason)
        self.field = field
        self.reason = reason


class Early(NotApplied):
    """The record came before what it refers to: ``waits_for`` names it as ``kind:id``."""

    def __init__(self, waits_for: str) -> None:
        super().__init__(waits_for)
        self.waits_for = waits_for
