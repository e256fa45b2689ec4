"""May this message go out now? One gate for every message, its rules in a fixed order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kindred_outreach.domain.consents import GRANTED, Statements, last_word, purpose_of, refused
from kindred_outreach.domain.messages import SERVICE, Message
from kindred_outreach.domain.pressure import ContactMoment, Limit, allowed_from
from kindred_outreach.domain.quiet_hours import QuietHours
from kindred_outreach.domain.recipients import NO_GROUND, Recipient


class Verdict(StrEnum):
    """What a rule does with a message: not at all, or not yet."""

    SKIP = "skip"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that stands in the way, and until when, if that is known."""

    rule: str
    verdict: Verdict
    allowed_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """The company's own choices in the rules; ``quiet`` None lets messages out at any hour."""

    limits: tuple[Limit, ...]
    quiet: QuietHours | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of the customer at this moment.

    ``suppressed`` says why his address is not written to, None when it is. ``moments`` are the contacts of other messages.
    """

    recipient: Recipient
    statements: Statements
    suppressed: str | None
    moments: Sequence[ContactMoment]


def decide(message: Message, standing: Standing, policy: Policy, now: datetime) -> Finding | None:
    """The first rule that stands in the way; None when the message may go out now."""
    return next(findings(message, standing, policy, now), None)


def findings(
    message: Message, standing: Standing, policy: Policy, now: datetime
) -> Iterator[Finding]:
    """Every rule that stands in the way, in order: the first one decides."""
    yield from _person(message, standing)
    yield from _permission(message, standing)
    if message.not_after is not None and now > message.not_after:
        yield Finding("too_late", Verdict.SKIP)
    if message.by_email and standing.recipient.address is None:
        yield Finding("no_address", Verdict.SKIP)
    if message.message_class != SERVICE:
        yield from _pressure(message, standing, policy, now)
        yield from _hours(message, policy, now)


def _person(message: Message, standing: Standing) -> Iterator[Finding]:
    if not standing.recipient.active:
        yield Finding("inactive", Verdict.SKIP)
    purpose = purpose_of(message.purpose)
    if purpose is not None and refused(standing.statements, purpose):
        yield Finding("objection", Verdict.SKIP)


def _permission(message: Message, standing: Standing) -> Iterator[Finding]:
    if not message.by_email:
        return
    if standing.suppressed is not None:
        yield Finding("suppressed", Verdict.SKIP)
    purpose = purpose_of(message.purpose)
    if message.message_class == SERVICE or purpose is None:
        return
    granted = last_word(standing.statements, purpose) == GRANTED
    if standing.recipient.legal_ground == NO_GROUND and not granted:
        yield Finding("legal_ground", Verdict.SKIP)


def _pressure(
    message: Message, standing: Standing, policy: Policy, now: datetime
) -> Iterator[Finding]:
    for limit in policy.limits:
        if limit.message_class == message.message_class:
            moment = allowed_from(limit, standing.moments, now)
            if moment is not None:
                yield Finding(limit.rule, Verdict.SKIP, moment)


def _hours(message: Message, policy: Policy, now: datetime) -> Iterator[Finding]:
    if policy.quiet is None or not message.by_email:
        return
    opens = policy.quiet.open_from(now)
    if opens > now:
        yield Finding("quiet_hours", Verdict.HOLD, opens)
