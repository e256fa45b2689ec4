"""What the matcher's choice means for the drafts: it proposes, and touches nothing that people decided."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from kindred_invitations.domain.invitation import Invitation, Side
from kindred_invitations.domain.steps import Step


@dataclass(frozen=True, slots=True)
class Chosen:
    """An event the matcher chose for a customer, with seats (1 or 2) and the weight it maximises."""

    event_id: UUID
    seats: int
    score: float


@dataclass(frozen=True, slots=True)
class DraftPlan:
    """What has to be done to the drafts of one customer; empty when they are as the matcher wants them.

    ``rescored`` drafts stay what they are: only their score differs, which is news to nobody but us.
    """

    new: tuple[Chosen, ...] = ()
    again: tuple[tuple[Invitation, Chosen], ...] = ()
    rescored: tuple[tuple[Invitation, Chosen], ...] = ()
    withdrawn: tuple[Invitation, ...] = ()


def plan_drafts(
    existing: Sequence[Invitation],
    chosen: Sequence[Chosen],
    fixed: Iterable[UUID],
    open_events: Iterable[UUID],
) -> DraftPlan:
    """Compares the drafts of one customer with what was chosen for him.

    Events that are ``fixed`` are no longer the matcher's to change, so they are left as they are.
    """
    untouched, takers = frozenset(fixed), frozenset(open_events)
    wanted = {
        choice.event_id: choice
        for choice in chosen
        if choice.event_id in takers and choice.event_id not in untouched
    }
    by_event = {invitation.event_id: invitation for invitation in existing}
    pairs = [(by_event[event], choice) for event, choice in wanted.items() if event in by_event]
    return DraftPlan(
        new=tuple(choice for event, choice in wanted.items() if event not in by_event),
        again=tuple(pair for pair in pairs if _to_draft(*pair)),
        rescored=tuple(pair for pair in pairs if _to_rescore(*pair)),
        withdrawn=_no_longer_wanted(existing, wanted, untouched),
    )


def _to_draft(invitation: Invitation, choice: Chosen) -> bool:
    if invitation.step is Step.DRAFTED:
        return invitation.seats != choice.seats
    withdrawn = invitation.step is Step.WITHDRAWN and invitation.withdrawn_by is Side.MATCHING
    return withdrawn or invitation.step is Step.CANCELLED


def _to_rescore(invitation: Invitation, choice: Chosen) -> bool:
    drafted = invitation.step is Step.DRAFTED and invitation.seats == choice.seats
    return drafted and invitation.score != choice.score


def _no_longer_wanted(
    existing: Sequence[Invitation], wanted: Mapping[UUID, Chosen], untouched: frozenset[UUID]
) -> tuple[Invitation, ...]:
    return tuple(
        invitation
        for invitation in existing
        if invitation.step is Step.DRAFTED
        and invitation.event_id not in wanted
        and invitation.event_id not in untouched
    )
