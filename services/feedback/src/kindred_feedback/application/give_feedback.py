from datetime import datetime

from kindred_common.contracts.codec import Outgoing
from kindred_common.contracts.feedback import FeedbackGiven
from kindred_common.contracts.invitations import EventTheme
from kindred_common.contracts.record import Cause
from kindred_common.contracts.topics import EXPERIENCE_FEEDBACK
from kindred_common.contracts.vocabulary import EventKind, Expectation
from kindred_feedback.application.ports import Stores
from kindred_feedback.domain.errors import UnknownLink
from kindred_feedback.domain.feedback import Feedback, Given
from kindred_feedback.domain.guest import Guest


async def give_feedback(stores: Stores, token: str, given: Given, now: datetime) -> Feedback:
    """Takes what a guest says by his link; the same again changes nothing, something else replaces it.

    Raises:
        UnknownLink: the link opens nothing.
    """
    invitation_id = await stores.links.opened_by(token, now)
    guest = None if invitation_id is None else await stores.guests.lock(invitation_id)
    if guest is None:
        raise UnknownLink
    before = await stores.feedbacks.find(guest.invitation_id)
    if before is not None and before.given == given:
        return before
    feedback = _first(guest, given, now) if before is None else before.anew(given, now)
    await stores.feedbacks.save(feedback)
    await stores.publisher.publish([feedback_record(guest, feedback)])
    return feedback


def _first(guest: Guest, given: Given, now: datetime) -> Feedback:
    return Feedback(
        invitation_id=guest.invitation_id,
        customer_id=guest.customer_id,
        event_id=guest.event_id,
        given=given,
        given_at=now,
        first_given_at=now,
    )


def feedback_record(guest: Guest, feedback: Feedback) -> Outgoing:
    """The record of what a guest said, without his own words."""
    given = feedback.given
    body = FeedbackGiven(
        customer_id=feedback.customer_id,
        event_id=feedback.event_id,
        invitation_id=feedback.invitation_id,
        event_kind=EventKind(guest.event_kind),
        themes=tuple(EventTheme(theme=theme, weight=weight) for theme, weight in guest.themes),
        rating=given.rating,
        all_as_wished=given.all_as_wished,
        expectation=Expectation(given.expectation),
        fitted=given.fitted,
        given_at=feedback.given_at,
    )
    cause = Cause(guest.correlation_id, guest.causation_id)
    return Outgoing(EXPERIENCE_FEEDBACK, str(feedback.customer_id), body, cause)
