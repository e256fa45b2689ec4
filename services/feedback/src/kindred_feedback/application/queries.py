"""Reading, for pages and the API."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kindred_feedback.application.ports import Sight, Stores, Wanted
from kindred_feedback.domain.errors import UnknownEvent, UnknownLink
from kindred_feedback.domain.feedback import Feedback
from kindred_feedback.domain.guest import KnownEvent
from kindred_feedback.domain.summary import Summary, summarise

MOST_GUESTS = 100_000


@dataclass(frozen=True, slots=True)
class OwnPage:
    """What a guest's link shows: the event, what he said before, and his language if it is known."""

    event: KnownEvent
    before: Feedback | None
    language: str | None


async def own_page(stores: Stores, token: str, now: datetime) -> OwnPage:
    """What the link shows.

    Raises:
        UnknownLink: it opens nothing.
    """
    invitation_id = await stores.links.opened_by(token, now)
    guest = None if invitation_id is None else await stores.guests.lock(invitation_id)
    event = None if guest is None else await stores.directory.event(guest.event_id)
    if guest is None or event is None:
        raise UnknownLink
    customer = await stores.directory.customer(guest.customer_id)
    before = await stores.feedbacks.find(guest.invitation_id)
    return OwnPage(event, before, None if customer is None else customer.language)


async def event_summary(stores: Stores, sight: Sight, event_id: UUID) -> Summary:
    """What the guests of an event said, as far as their feedback may be seen.

    Raises:
        UnknownEvent: there is no such event.
    """
    if await stores.directory.event(event_id) is None:
        raise UnknownEvent(event_id)
    found = await stores.feedbacks.page(sight, Wanted(event_id=event_id, limit=MOST_GUESTS))
    return summarise([feedback.given for feedback in found])
