"""How large each array of a state is: what numbers its axes stand for, blank arrays, and the same market in larger ones."""

from typing import Any, NamedTuple

import numpy as np

from kindred_matching.domain.market.problem import NO_LIMIT
from kindred_matching.domain.market.state import ASKED, CANDIDATES, CLOSED, TOTALS, Array, State

WIDEST = 1 << 15
"""As many events have codes of two bytes."""

FIRST_BONDS, FIRST_COLUMNS = 16, 1024
"""Slabs that double, or grow by a quarter, as more is needed."""

SCRATCH = State._fields[State._fields.index("seen") :]
"""What carries nothing from one operation to the next."""

_SPARE_ITEMS = 8

_BLANKS = {
    "special": 1,
    "account": -1,
    "account_next": -1,
    "account_first": -1,
    "bond_first": -1,
    "closed": True,
    "price": CLOSED,
    **dict.fromkeys(("account_limit", "account_room"), NO_LIMIT),
}
"""What stands in an empty place, where that is not nought."""


class Sizes(NamedTuple):
    """The numbers from which all axes follow."""

    people: int
    events: int
    years: int
    choices: int
    accounts: int
    columns: int
    costs: int
    guests: int
    slots: int
    bonds: int
    items: int
    weight: np.dtype[Any]

    def axes(self) -> dict[str, int]:
        """The length of each axis by the name that ``State`` gives it."""
        own = {name: size for name, size in self._asdict().items() if name != "weight"}
        return own | {
            "U": self.people,
            "V": self.events,
            "2V": 2 * self.events,
            "W": -(-self.events // 64),
            "Y": self.years,
            "B": self.choices,
            "B+1": self.choices + 1,
            "A": self.accounts,
            "K": CANDIDATES,
            "ASKED": ASKED,
            "items+1": self.items + 1,
            "cells": (self.choices + 1) * (self.items + 1),
        }

    def kind(self, name: str) -> np.dtype[Any]:
        """The type of an array."""
        named = {
            "totals": TOTALS,
            "code": np.dtype(np.int32 if self.events > WIDEST else np.uint16),
            "weight": self.weight,
        }
        kind = _declared(name)[0]
        return named[kind] if kind in named else np.dtype(kind)

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of an array."""
        axes = self.axes()
        return tuple(
            int(axis) if axis.isdigit() else axes[axis] for axis in _declared(name)[1].split(", ")
        )


def slots_for(people: int, events: int) -> int:
    """How many places the listings have together: with more than twice what they need they seldom move."""
    return int(2.5 * CANDIDATES * people) + 16 * events + 64


def items_for(longest: int) -> int:
    """How many items the scratch holds, for rows of up to ``longest`` options."""
    return longest + _SPARE_ITEMS


def empty_sizes(places: tuple[int, int, int, int], weight: np.dtype[Any], cost: bool) -> Sizes:
    """The sizes of a market with so many places for customers, events, years and choices, and nobody in them yet."""
    people, events, years, choices = (max(1, number) for number in places)
    return Sizes(
        people=people,
        events=events,
        years=years,
        choices=choices,
        accounts=0,
        columns=FIRST_COLUMNS,
        costs=FIRST_COLUMNS if cost else 0,
        guests=0,
        slots=slots_for(people, events),
        bonds=FIRST_BONDS,
        items=items_for(0),
        weight=weight,
    )


def sizes_of(state: State) -> Sizes:
    """The sizes that a state has."""
    return Sizes(
        people=len(state.held),
        events=len(state.room),
        years=state.person_room.shape[1],
        choices=state.held_code.shape[1],
        accounts=len(state.account_first),
        columns=len(state.code),
        costs=len(state.cost),
        guests=len(state.guest),
        slots=len(state.listing_slot),
        bonds=len(state.bond_next),
        items=len(state.item_code),
        weight=state.weight.dtype,
    )


def blank(name: str, sizes: Sizes) -> Array:
    """An array as it is where nobody and nothing is yet."""
    kind = sizes.kind(name)
    array: Array = np.zeros(sizes.shape(name), dtype=kind)
    if name in _BLANKS:
        array[...] = _BLANKS[name]
    if name == "clash":
        events = np.arange(sizes.events)
        array[events, events >> 6] = np.uint64(1) << (events & 63).astype(np.uint64)
    return array


def resized(state: State, sizes: Sizes) -> State:
    """The same in arrays of these sizes, none smaller than before; those that fit as they are stay the same arrays."""
    arrays = {}
    for name, old in zip(State._fields, state, strict=True):
        if old.shape == sizes.shape(name) and old.dtype == sizes.kind(name):
            continue
        arrays[name] = blank(name, sizes)
        arrays[name][tuple(slice(size) for size in old.shape)] = old
    return state._replace(**arrays)


def _declared(name: str) -> tuple[str, str]:
    kind, axes = State.__annotations__[name].__metadata__[0].rstrip("]").split("[")
    return kind, axes
