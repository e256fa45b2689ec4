"""The straightforward allocator: always the best pair that still fits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from kindred_matching.domain.allocation import Choice
from kindred_matching.domain.board import Board, Seats
from kindred_matching.domain.scoring import ABSENT
from kindred_matching.domain.slots import Places, Slot
from kindred_matching.domain.travel import Bools

PORTION = 4096


class GreedyAllocator:
    """Takes all options of all pairs by falling weight and keeps each that fits beside those before.

    Ties go to the lower customer, then the lower event, then to coming alone. The choice depends on the board alone, not on
    how it came about.
    """

    def __init__(self, board: Board) -> None:
        self._board = board
        self._chosen: Seats = np.zeros(board.shape, dtype=np.uint8)
        self._stale = True

    @property
    def chosen(self) -> Seats:
        return self._chosen

    def replace_row(self, customer: Slot) -> None:  # noqa: ARG002 - all pairs are looked at again
        self._stale = True

    def remove_customer(self, customer: Slot) -> None:
        if customer < len(self._chosen):
            self._chosen[customer] = 0
        self._stale = True

    def put_event(self, event: Slot) -> None:  # noqa: ARG002 - all pairs are looked at again
        self._stale = True

    def cancel_event(self, event: Slot) -> None:  # noqa: ARG002 - all pairs are looked at again
        self._stale = True

    def change_seats(self, event: Slot) -> None:  # noqa: ARG002 - all pairs are looked at again
        self._stale = True

    def fix_pair(self, customer: Slot, event: Slot) -> None:  # noqa: ARG002 - as above
        self._stale = True

    def release_pair(self, customer: Slot, event: Slot) -> None:  # noqa: ARG002 - as above
        self._stale = True

    def tick(self, now: datetime) -> None:  # noqa: ARG002 - the board tells what has begun
        self._stale = True

    def settle(self) -> Places:
        if not self._stale:
            return np.zeros(0, dtype=np.int64)
        before = np.zeros(self._board.shape, dtype=np.uint8)
        before[: self._chosen.shape[0], : self._chosen.shape[1]] = self._chosen
        self._chosen, self._stale = _solve(self._board), False
        changed: Places = np.flatnonzero((before != self._chosen).any(axis=1))
        return changed

    def catch_up(self) -> None:
        """Nothing that comes later depends on what was chosen before."""

    def restore(self, choices: Iterable[Choice]) -> None:
        self._chosen = np.zeros(self._board.shape, dtype=np.uint8)
        for choice in choices:
            self._chosen[choice.customer, choice.event] = choice.seats


@dataclass(slots=True)
class _Options:
    """The options that could be chosen, best first, and what is left for them; places are positions in order of ids."""

    customers: Places
    events: Places
    ranked: NDArray[np.int64]
    cap: NDArray[np.int64]
    seats: NDArray[np.int64]
    room: NDArray[np.int64]
    year: NDArray[np.int64]
    cost: NDArray[np.int64]
    conflict: Bools
    closed: Bools
    picked: list[tuple[int, int, int]]

    def pick(self) -> None:
        """Keeps each option that fits. A portion is first sifted as a whole: most of what comes late fits nowhere."""
        width = len(self.events)
        for begin in range(0, len(self.ranked), PORTION):
            if not (self.seats.any() and self.cap.any()):
                return
            pair, company = np.divmod(self.ranked[begin : begin + PORTION], 2)
            customer, event = np.divmod(pair, width)
            fits = (self.cap[customer] > 0) & (self.seats[event] > company)
            fits &= ~self.closed[customer, event]
            rest = np.flatnonzero(fits)
            options = zip(
                customer[rest].tolist(), event[rest].tolist(), company[rest].tolist(), strict=True
            )
            for option in options:
                self._keep_if_it_fits(*option)

    def _keep_if_it_fits(self, customer: int, event: int, company: int) -> None:
        if self.cap[customer] < 1 or self.seats[event] <= company or self.closed[customer, event]:
            return
        year, cost = self.year[event], self.cost[event] * (1 + company)
        if self.room[customer, year] < cost:
            return
        self.cap[customer] -= 1
        self.seats[event] -= 1 + company
        self.room[customer, year] -= cost
        self.closed[customer] |= self.conflict[event]
        self.picked.append((customer, event, 1 + company))


def _solve(board: Board) -> Seats:
    chosen: Seats = np.zeros(board.shape, dtype=np.uint8)
    options = _options(board)
    if len(options.ranked):
        options.pick()
    if options.picked:
        customers, events, seats = np.array(options.picked).T
        chosen[options.customers[customers], options.events[events]] = seats
    return chosen


def _options(board: Board) -> _Options:
    customers, events = board.customers.in_order(), board.events.live()
    pairs = np.ix_(customers, events)
    rows, seats = board.events.rows[events], board.events.free_seats()[events]
    closed = (board.refused[pairs] != 0) | board.busy[pairs] | (board.fixed[pairs] != 0)
    weight = board.weight[pairs]
    weight[closed] = ABSENT
    weight[board.cap[customers] < 1] = ABSENT
    weight[:, seats < 1] = ABSENT
    weight[:, seats < 2, 1] = ABSENT
    return _Options(
        customers=customers,
        events=events,
        ranked=_ranked(weight.ravel()),
        cap=board.cap[customers],
        seats=seats,
        room=board.room[customers],
        year=rows["year"].astype(np.int64),
        cost=rows["cost"],
        conflict=board.events.conflict[np.ix_(events, events)],
        closed=closed,
        picked=[],
    )


def _ranked(weight: NDArray[np.float64]) -> NDArray[np.int64]:
    """The options that exist, by falling weight, equal ones in the order in which they stand."""
    there = np.flatnonzero(weight >= 0.0)
    order: NDArray[np.int64] = there[np.argsort(-weight[there], kind="stable")]
    return order
