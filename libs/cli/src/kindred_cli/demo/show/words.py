"""What records say, in words."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kindred_common.contracts.external import CrmEvent
from kindred_common.contracts.feedback import FeedbackGiven
from kindred_common.contracts.invitations import EventListed, InvitationChanged
from kindred_common.contracts.matching import CustomerMatches, Match
from kindred_common.contracts.outreach import MessageOutcome, MessageRequested
from kindred_common.contracts.profile import CustomerProfile
from kindred_common.contracts.record import Record
from kindred_common.contracts.survey import AnswersRecorded

REASONS_SHOWN = 4

_IN_SHORT: Mapping[type[Record], Callable[[Any], str]] = {
    CrmEvent: lambda data: str(data.title),
    AnswersRecorded: lambda data: ", ".join(answer.question_id for answer in data.answers),
    CustomerProfile: lambda data: f"version {data.version}",
    CustomerMatches: lambda data: f"{len(data.matches)} chosen, by version {data.profile_version}",
    EventListed: lambda data: f"{data.seats_to_allocate} of {data.seats} seats left",
    InvitationChanged: lambda data: str(data.step),
    MessageRequested: lambda data: str(data.purpose),
    MessageOutcome: lambda data: str(data.result),
    FeedbackGiven: lambda data: f"rated {data.rating} of 5",
}


def in_short(data: Record | None) -> str:
    """A record in a few words."""
    return "removed" if data is None else _IN_SHORT.get(type(data), lambda _: "")(data)


def readable(theme: str) -> str:
    """A theme as one would say it."""
    return theme.replace("-", " ")


def changes(before: CustomerProfile | None, now: CustomerProfile) -> str:
    """What is different in a profile: the values that moved, else the names of the fields."""
    moved = (
        []
        if before is None
        else [*_interests(before, now), *_kinds(before, now), *_rest(before, now)]
    )
    return ", ".join(moved or now.changed) or "first version"


def _interests(before: CustomerProfile, now: CustomerProfile) -> Iterator[str]:
    old = {interest.theme: interest.value for interest in before.interests}
    for interest in now.interests:
        yield from _moved(readable(interest.theme), old.get(interest.theme), interest.value)


def _kinds(before: CustomerProfile, now: CustomerProfile) -> Iterator[str]:
    old = {preference.kind: preference.value for preference in before.kinds}
    for preference in now.kinds:
        kind = f"{preference.kind.replace('_', ' ')}s"
        yield from _moved(kind, old.get(preference.kind), preference.value)


def _moved(name: str, old: float | None, new: float) -> Iterator[str]:
    if old is None:
        yield f"{name} {new:.2f} (new)"
    elif old != new:
        yield f"{name} {old:.2f} -> {new:.2f}"


def _rest(before: CustomerProfile, now: CustomerProfile) -> Iterator[str]:
    if before.last_attended_at != now.last_attended_at:
        yield "was our guest"
    if before.loyalty != now.loyalty and now.loyalty is not None:
        yield f"recommends us {now.loyalty.nps} of 10"


def reasons(match: Match) -> str:
    """The strongest of what adds up to a match's log-odds."""
    strongest = sorted(match.reasons, key=lambda one: -abs(one.amount))[:REASONS_SHOWN]
    return ", ".join(f"{one.name} {one.amount:+.2f}" for one in strongest)


def matches_in_short(matches: CustomerMatches) -> str:
    """How much there is in a matches record."""
    return (
        f"by profile version {matches.profile_version}: {len(matches.matches)} chosen,"
        f" {len(matches.candidates)} ranked, {len(matches.refusals) + matches.more_refused} refused"
    )
