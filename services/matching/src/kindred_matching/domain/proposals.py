"""What the matcher has to say about one customer: what it chose, what it ranked, what it cannot offer and why."""

from dataclasses import dataclass
from uuid import UUID

import numpy as np

from kindred_matching.domain.board import Board, Seats
from kindred_matching.domain.facts import Customer
from kindred_matching.domain.lens import Outlook
from kindred_matching.domain.scoring import ACCOMPANIED, ALONE, Contribution, score
from kindred_matching.domain.slots import Places, Slot
from kindred_matching.domain.travel import Bools
from kindred_matching.domain.vocabulary import Reason, reasons_in

CANDIDATES = 16


@dataclass(frozen=True, slots=True)
class Chosen:
    """An event for the customer; ``fixed`` ones were settled by invitations."""

    event_id: UUID
    seats: int
    score: float
    fixed: bool
    reasons: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True)
class Ranked:
    """An event that was not chosen, and what stood in the way most."""

    event_id: UUID
    score: float
    not_chosen: Reason


@dataclass(frozen=True, slots=True)
class Refused:
    """An event that the customer cannot be matched to, and every reason why."""

    event_id: UUID
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """All of it, for one customer; chosen and ranked by falling score."""

    customer_id: UUID
    profile_version: int
    chosen: tuple[Chosen, ...]
    ranked: tuple[Ranked, ...]
    refused: tuple[Refused, ...]


def pairs_taken(board: Board, chosen: Seats, customer: Slot) -> Places:
    """The events on offer that the customer is matched to, chosen or fixed."""
    taken: Places = np.flatnonzero(
        ((chosen[customer] > 0) | (board.fixed[customer] > 0)) & board.events.rows["live"]
    )
    return taken


def candidates(board: Board, chosen: Seats, customer: Slot) -> Places:
    """The events that the customer may come to but was not chosen for, best first."""
    live = board.events.live()
    open_pairs = (board.refused[customer, live] == 0) & (board.fixed[customer, live] == 0)
    places = live[open_pairs & (chosen[customer, live] == 0)]
    order = np.argsort(-board.weight[customer, places].max(axis=1), kind="stable")
    ranked: Places = places[order]
    return ranked


def obstacles(
    board: Board, chosen: Seats, customer: Slot, seats_left: Places
) -> tuple[tuple[Reason, Bools], ...]:
    """For each event what stands in the way of adding it to the customer's matches, the most telling first.

    His own matches come before the seats: with a full diary more seats would not help him.
    """
    rows, own = board.events.rows, chosen[customer].astype(np.int64)
    clash = board.events.conflict[own > 0].any(axis=0) | board.busy[customer]
    spent = np.bincount(rows["year"], own * rows["cost"], minlength=board.room.shape[1])
    room = (board.room[customer] - spent)[rows["year"]]
    full_diary = np.full(len(rows), board.cap[customer] - np.count_nonzero(own) < 1)
    return (
        (Reason.OVERLAP, clash),
        (Reason.CAP, full_diary),
        (Reason.HOSPITALITY, rows["cost"] > room),
        (Reason.SEATS, seats_left < 1),
    )


def what_stood_in_the_way(
    board: Board, chosen: Seats, customer: Slot, events: Places, seats_left: Places
) -> tuple[Reason, ...]:
    """For each of the events the first obstacle."""
    found = obstacles(board, chosen, customer, seats_left)
    return tuple(
        next((reason for reason, there in found if there[event]), Reason.SEATS) for event in events
    )


def refused_events(board: Board, customer: Slot) -> tuple[Refused, ...]:
    """The events that are refused, cancelled ones left out."""
    shown = board.events.shown()
    masks = board.refused[customer, shown]
    kept = (masks != 0) & (board.fixed[customer, shown] == 0)
    return tuple(
        Refused(board.events.slots.at(place), reasons_in(mask))
        for place, mask in zip(shown[kept].tolist(), masks[kept].tolist(), strict=True)
    )


def describe(
    board: Board, chosen: Seats, customer: Customer, outlook: Outlook, seats_left: Places
) -> Proposal:
    """The proposal for one customer; ``seats_left`` are the seats of each event that nobody was given or chosen for."""
    place = board.customers.take(customer.id)
    taken = pairs_taken(board, chosen, place)
    ranked = candidates(board, chosen, place)[:CANDIDATES]
    obstacle = what_stood_in_the_way(board, chosen, place, ranked, seats_left)
    weight = board.weight[place].max(axis=1)
    ids = board.events.slots
    return Proposal(
        customer_id=customer.id,
        profile_version=customer.version,
        chosen=_chosen(board, chosen, customer, outlook, taken),
        ranked=tuple(
            Ranked(ids.at(event), float(weight[event]), reason)
            for event, reason in zip(ranked.tolist(), obstacle, strict=True)
        ),
        refused=refused_events(board, place),
    )


def _chosen(
    board: Board, chosen: Seats, customer: Customer, outlook: Outlook, taken: Places
) -> tuple[Chosen, ...]:
    place = board.customers.take(customer.id)
    scores = score(customer, board.events.view(taken), *outlook)
    found = []
    for row, event in enumerate(taken.tolist()):
        fixed = int(board.fixed[place, event])
        seats = fixed or int(chosen[place, event])
        option = ACCOMPANIED if seats > 1 and scores.weight[row, ACCOMPANIED] >= 0 else ALONE
        weight, reasons = float(scores.weight[row, option]), scores.contributions(row, option)
        event_id = board.events.slots.at(event)
        found.append(Chosen(event_id, seats, weight, fixed > 0, reasons))
    return tuple(sorted(found, key=lambda match: (-match.score, match.event_id)))
