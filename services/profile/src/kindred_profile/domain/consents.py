"""Whether a customer may be invited: legal ground, consents, objection."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kindred_profile.domain.facts import Fact, FactKind, of_kind

_NARROW, _BROAD = "invitations", "all"
_GRANTED, _OBJECTED = "granted", "objected"
_GROUNDS_WITHOUT_CONSENT = frozenset({"existing_relation", "published_address"})


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether invitations are allowed, and whether he objected, which also takes him out of matching."""

    may_be_invited: bool
    objected: bool


@dataclass(frozen=True, slots=True)
class Stated:
    """What a customer last said about one purpose."""

    purpose: str
    state: str
    stated_at: datetime
    source: str


def consents_of(facts: Sequence[Fact]) -> tuple[Stated, ...]:
    """The latest statement for each purpose, from standing facts."""
    latest = {f.subject: f for f in of_kind(facts, FactKind.CONSENT) if f.choice is not None}
    return tuple(
        Stated(purpose, fact.choice or "", fact.observed_at, fact.source)
        for purpose, fact in sorted(latest.items())
    )


def fold_permission(facts: Sequence[Fact], legal_ground: str) -> Permission:
    """What standing facts and the legal ground together allow."""
    statements = {stated.purpose: stated for stated in consents_of(facts)}
    decisive = _decisive(statements.get(_NARROW), statements.get(_BROAD))
    if decisive is None:
        return Permission(legal_ground in _GROUNDS_WITHOUT_CONSENT, objected=False)
    return Permission(decisive.state == _GRANTED, objected=decisive.state == _OBJECTED)


def _decisive(narrow: Stated | None, broad: Stated | None) -> Stated | None:
    """The statement on invitations themselves, unless a later one refuses everything.

    A later general grant does not lift an earlier refusal of invitations.
    """
    if narrow is None or broad is None:
        return narrow or broad
    if broad.state != _GRANTED and broad.stated_at >= narrow.stated_at:
        return broad
    return narrow
