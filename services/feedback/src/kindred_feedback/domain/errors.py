"""What can be wrong with a request.

::

    FeedbackError
    ├── UnknownLink    the link opens nothing (any more)
    ├── UnknownEvent   nothing is known of the event yet
    └── WrongFeedback  a field does not fit
"""


class FeedbackError(Exception):
    """Something that a caller can be told."""


class UnknownLink(FeedbackError):  # noqa: N818 - named for what it tells
    """The link opens nothing, or no longer."""


class UnknownEvent(FeedbackError):  # noqa: N818 - named for what it tells
    """The event's title is needed but has not arrived."""


class WrongFeedback(FeedbackError):  # noqa: N818 - named for what it tells
    """``field`` does not fit, for ``reason``."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(field, reason)
        self.field = field
        self.reason = reason
