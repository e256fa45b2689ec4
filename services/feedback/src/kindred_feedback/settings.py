"""Feedback's settings, read from the environment: ``KINDRED_ASK_AFTER_SECONDS`` and so on."""

from datetime import timedelta

from pydantic import Field

from kindred_common.runtime.settings import ServiceSettings


class FeedbackSettings(ServiceSettings):
    """All of feedback's settings.

    A guest is asked ``ask_after_seconds`` after the end of the event and may answer, and change his answer, for
    ``open_days``. ``company`` is the name on the page.
    """

    company: str = "Kindred"
    ask_after_seconds: float = Field(default=24 * 60 * 60, ge=0)
    open_days: int = Field(default=30, ge=1, le=365)

    @property
    def ask_after(self) -> timedelta:
        return timedelta(seconds=self.ask_after_seconds)

    @property
    def open_for(self) -> timedelta:
        return timedelta(days=self.open_days)
