"""Asks for a model epoch; the writer begins it."""

from datetime import datetime

from kindred_matching.application.ports import EpochRequests
from kindred_matching.application.queries import Readings

NIGHT = "night"
"""Who asks when the night does."""


async def ask_at_night(
    readings: Readings, requests: EpochRequests, enough: int, now: datetime
) -> None:
    """Asks when at least ``enough`` first replies came since the present epoch began."""
    model = (await readings.engine()).model
    if model.tally.replies >= enough:
        await requests.ask(NIGHT, now)
