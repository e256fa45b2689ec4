from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from kindred_invitations.application.because import Because
from kindred_invitations.application.changes import Changes, finish_all, new_invitation
from kindred_invitations.application.ports import Ports
from kindred_invitations.domain.drafting import Chosen, plan_drafts
from kindred_invitations.domain.event import Event
from kindred_invitations.domain.invitation import Invitation, Side, step_to
from kindred_invitations.domain.steps import Step


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the matcher proposes for one customer now: all of it, so that what is missing is no longer proposed.

    ``fixed`` events are those it counts as decided by people.
    """

    customer_id: UUID
    chosen: tuple[Chosen, ...]
    fixed: tuple[UUID, ...] = ()


async def draft_invitations(
    ports: Ports, proposals: Sequence[tuple[Because, Proposal]]
) -> dict[UUID, UUID]:
    """Turns proposals into drafts and withdraws drafts that are no longer proposed.

    Returns:
        The customers whose proposal names an event that is not known yet, with that event; nothing was done for them.
    """
    customers = [proposal.customer_id for _, proposal in proposals]
    named = {choice.event_id for _, proposal in proposals for choice in proposal.chosen}
    known = await ports.invitations.events_of_customers(customers)
    events = await ports.events.lock_against_change(sorted(named | known))
    existing = defaultdict(list)
    for invitation in await ports.invitations.lock_of_customers(sorted(customers)):
        existing[invitation.customer_id].append(invitation)
    unknown: dict[UUID, UUID] = {}
    changes: list[Changes] = []
    for because, proposal in proposals:
        missing = [c.event_id for c in proposal.chosen if c.event_id not in events]
        if missing:
            unknown[proposal.customer_id] = missing[0]
            continue
        changes.append(_redraft(ports, because, proposal, existing[proposal.customer_id], events))
    await finish_all(ports, changes)
    return unknown


def _redraft(
    ports: Ports,
    because: Because,
    proposal: Proposal,
    existing: Sequence[Invitation],
    events: dict[UUID, Event],
) -> Changes:
    takers = [event.id for event in events.values() if event.takes_guests(because.at)]
    plan = plan_drafts(existing, proposal.chosen, proposal.fixed, takers)
    changes = Changes(ports, because)
    for choice in plan.new:
        first = new_invitation(ports, because, proposal.customer_id, choice.event_id, Step.DRAFTED)
        changes.step(_as_chosen(first, choice), events[choice.event_id])
    for before, choice in plan.again:
        again = step_to(before, Step.DRAFTED, because.at, because.source)
        changes.step(_as_chosen(again, choice), events[choice.event_id])
    for before, choice in plan.rescored:
        changes.keep(_as_chosen(before, choice))
    for before in plan.withdrawn:
        after = step_to(before, Step.WITHDRAWN, because.at, because.source)
        changes.step(replace(after, withdrawn_by=Side.MATCHING), events[before.event_id])
    return changes


def _as_chosen(invitation: Invitation, choice: Chosen) -> Invitation:
    return replace(invitation, seats=choice.seats, score=choice.score)
