"""From records to inputs, and from proposals to records."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from kindred_common.contracts.invitations import EventListed, InvitationChanged
from kindred_common.contracts.matching import CustomerMatches
from kindred_common.contracts.profile import CustomerProfile
from kindred_common.contracts.profile import Norm as ToldNorm
from kindred_common.contracts.profile import Place as ToldPlace
from kindred_matching.domain.facts import Customer, Event, Interest, Norm, Place
from kindred_matching.domain.inputs import InvitationStepped
from kindred_matching.domain.proposals import Chosen, Proposal

MOST_VALUE = 1e6
"""Accounts worth more count as this; it also keeps infinity out of the arithmetic."""


class Unreadable(ValueError):  # noqa: N818 - named for what it tells the producer
    """A record that keeps its contract but cannot be used: ``field`` says where, ``reason`` why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


def customer_of(profile: CustomerProfile) -> Customer:
    """The customer as the profile stream tells of him."""
    return Customer(
        id=profile.customer_id,
        version=profile.version,
        active=profile.active,
        may_be_invited=profile.may_be_invited,
        objected=profile.objected,
        open_case=profile.open_case,
        account_id=profile.account_id,
        account_manager_id=profile.account_manager_id,
        team=profile.team,
        account_value=min(profile.account_value, MOST_VALUE),
        public_sector=profile.public_sector,
        language=str(profile.language),
        home=_place(profile.home),
        max_distance_km=profile.max_distance_km,
        blocked_weekdays=profile.blocked_weekdays,
        interests=tuple(
            Interest(each.theme, each.value, each.confidence, each.observed_at)
            for each in profile.interests
        ),
        excluded_themes=profile.excluded_themes,
        kinds=tuple((str(each.kind), each.value) for each in profile.kinds),
        companion_wish=None if profile.companion_wish is None else str(profile.companion_wish),
        manner=None if profile.manner is None else str(profile.manner),
        norm=_norm(profile.norm),
        nps=None if profile.loyalty is None else profile.loyalty.nps,
        last_attended_at=profile.last_attended_at,
        birth_year=profile.birth_year,
    )


def event_of(listed: EventListed) -> Event:
    """The event as the catalogue lists it.

    Raises:
        Unreadable: it does not end after it begins, or its zone is unknown.
    """
    if listed.ends_at <= listed.starts_at:
        raise Unreadable("ends_at", "is not after starts_at")
    return Event(
        id=listed.event_id,
        open=listed.open,
        kind=str(listed.kind),
        themes=tuple((each.theme, each.weight) for each in listed.themes),
        starts_at=listed.starts_at,
        ends_at=listed.ends_at,
        weekdays=weekdays(listed.starts_at, listed.ends_at, listed.zone),
        place=_place(listed.place),
        languages=tuple(str(language) for language in listed.languages),
        seats=min(listed.seats, 1_000_000),
        companion_allowed=listed.companion_allowed,
        cost=_cents(listed.hospitality_value),
        minimum_age=listed.minimum_age,
    )


def step_of(changed: InvitationChanged) -> InvitationStepped:
    """The step that an invitation took."""
    return InvitationStepped(
        customer_id=changed.customer_id,
        event_id=changed.event_id,
        step=str(changed.step),
        seats=changed.seats,
        starts_at=changed.event_starts_at,
        ends_at=max(changed.event_ends_at, changed.event_starts_at),
        cost=_cents(changed.hospitality_value),
        manner=str(changed.manner),
        reason=None if changed.decline_reason is None else str(changed.decline_reason),
    )


def identifier_in(key: str) -> UUID:
    """The customer or event that a key names.

    Raises:
        Unreadable: it is no UUID.
    """
    try:
        return UUID(key)
    except ValueError:
        raise Unreadable("key", "is not a UUID") from None


def record_of(proposal: Proposal, priced_at: datetime) -> CustomerMatches:
    """The record that tells of a proposal, made at once: a sweep asks for a hundred thousand, each of a hundred parts."""
    return CustomerMatches.model_validate(
        {
            "customer_id": proposal.customer_id,
            "profile_version": proposal.profile_version,
            "matches": [_match(each) for each in proposal.chosen],
            "candidates": [
                {"event_id": each.event_id, "score": each.score, "not_chosen": each.not_chosen}
                for each in proposal.ranked
            ],
            "refusals": [
                {"event_id": each.event_id, "reasons": each.reasons} for each in proposal.refused
            ],
            "more_refused": proposal.more_refused,
            "priced_at": priced_at,
        }
    )


def _match(chosen: Chosen) -> dict[str, object]:
    return {
        "event_id": chosen.event_id,
        "seats": chosen.seats,
        "score": chosen.score,
        "fixed": chosen.fixed,
        "reasons": [{"name": each.name, "amount": each.amount} for each in chosen.reasons],
        "propensity": chosen.propensity,
    }


def _place(place: ToldPlace | None) -> Place | None:
    return None if place is None else Place(place.latitude, place.longitude)


def _norm(norm: ToldNorm | None) -> Norm | None:
    if norm is None:
        return None
    most = None if norm.max_value is None else _cents(norm.max_value)
    return Norm(most, business_only=norm.business_only)


def _cents(euro: float) -> int:
    return round(min(euro, MOST_VALUE) * 100)


def weekdays(starts_at: datetime, ends_at: datetime, zone: str) -> tuple[int, ...]:
    """The days, 0 Monday, that an event touches where it takes place; what ends at midnight does not touch the next.

    Raises:
        Unreadable: there is no such zone.
    """
    here = _zone(zone)
    first = starts_at.astimezone(here).date()
    last = (ends_at - timedelta(microseconds=1)).astimezone(here).date()
    days = min((last - first).days, 6)
    return tuple(sorted({(first + timedelta(days=day)).weekday() for day in range(days + 1)}))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Unreadable("zone", "is not an IANA time zone") from None
