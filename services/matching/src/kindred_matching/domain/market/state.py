"""Everything the market remembers, as flat arrays: what kernels read and write and what a snapshot holds."""

from typing import Annotated, Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

NOBODY = cast("int", np.int64(-1))
"""No customer, event or item. A plain constant would be a type of its own to the compiler, and double each kernel."""

MARKET = cast("int", np.int64(0))
BOUND = cast("int", np.int64(1))
TRIAL = cast("int", np.int64(2))
"""The three sets of prices: those of the market, those of the certificate, and those that may take its place."""

CANDIDATES = 16
"""How many of a customer's options are listed with their events, so that a free seat finds its next guest."""

ASKED = 6
"""How many of those listed for an event are asked for their exact bid when a seat comes free."""

CLOSED = 1e30
"""The price of an event that takes nobody, in units of weight: no weight reaches it."""

LOST = -1e30
"""A listed weight of an option that cannot be bid for: its holder has it already."""

FIXED = cast("int", np.int64(1))
FORBIDDEN = cast("int", np.int64(2))
"""Kinds of bonds between a customer and an event."""

TOTALS = np.dtype(
    [
        ("value", "f8"),  # weight of the chosen options
        ("fixed_value", "f8"),  # weight of the fixed pairs
        ("bound_sum", "f8"),  # sum of best bundles at the prices of the certificate
        ("trial_sum", "f8"),  # the same at the trial prices, over the customers before trial_next
        ("trial_next", "i8"),
        ("refreshed", "i8"),  # how often trial prices were tried on everybody
        ("target_step", "f8"),  # share of the distance to the value that trial prices aim at
        ("fails", "i8"),  # passes at trial prices since one was much better
        ("returns", "i8"),  # how often trial prices went back to good ones
        ("sweep_next", "i8"),
        ("eps", "f8"),  # the least by which a price moves
        ("stability", "f8"),  # what a customer's present choice is worth beyond its weight
        ("budget", "f8"),
        ("spent", "f8"),
        ("fixed_spent", "f8"),
        ("account_max", "i8"),
        ("costed", "i8"),  # 1 if anything limits costs
        ("interval_only", "i8"),  # 1 if events exclude each other by time alone
        ("rehearing_waiting", "i8"),  # customers waiting for another choice
        ("rehearing_head", "i8"),
        ("refilling_waiting", "i8"),  # events with seats freed
        ("refilling_head", "i8"),
        ("changed", "i8"),  # customers whose choice has changed in this operation
        ("operation", "i8"),
        ("column_end", "i8"),  # first unused column of the slab
        ("listing_end", "i8"),  # first unused place of the listings
        ("bond_end", "i8"),
        ("bond_free", "i8"),  # head of the chain of unused bonds
    ]
)


class State(NamedTuple):
    """U customers, V events, B the largest cap, K listed candidates a customer; A accounts, Y years.

    An option is a code: twice the event, plus one if it takes two seats. A row is a stretch of ``code`` and ``weight``.
    Integers are of eight bytes but in what is long: one width, or each kernel is compiled once for every mixture.
    Kinds and axes are told once, here: ``sizes`` reads them.
    """

    totals: Annotated[Array, "totals[1]"]
    # customers
    cap: Annotated[Array, "i8[U]"]  # invitations allowed
    left: Annotated[Array, "i8[U]"]  # of these, not used by fixed pairs
    fixed_count: Annotated[Array, "i8[U]"]  # his fixed pairs
    special: Annotated[Array, "i8[U]"]  # 1 if more than seats, cap and time limits him
    account: Annotated[Array, "i8[U]"]  # row of accounts, or -1
    account_next: Annotated[Array, "i8[U]"]  # the next customer of his account, or -1
    person_room: Annotated[Array, "f8[U, Y]"]  # hospitality left per year, after fixed pairs
    row_begin: Annotated[Array, "i8[U]"]
    row_size: Annotated[Array, "i8[U]"]
    row_space: Annotated[Array, "i8[U]"]
    marginal: Annotated[
        Array, "f8[U]"
    ]  # what his last free invitation was worth when he last chose
    # his choice
    held: Annotated[Array, "i8[U]"]  # number of options chosen
    held_code: Annotated[Array, "i8[U, B]"]
    held_weight: Annotated[Array, "f8[U, B]"]
    held_cost: Annotated[Array, "f8[U, B]"]
    held_place: Annotated[Array, "i8[U, B]"]  # place among the guests of the event
    # eligible columns
    code: Annotated[Array, "code[columns]"]  # u2, or i4 for many events
    weight: Annotated[Array, "weight[columns]"]  # f4 or f8
    cost: Annotated[Array, "f8[costs]"]  # empty where costs are those of the event
    # events
    start: Annotated[Array, "i8[V]"]
    end: Annotated[Array, "i8[V]"]
    seats: Annotated[Array, "i8[V]"]  # all seats
    fixed_load: Annotated[Array, "i8[V]"]
    room: Annotated[Array, "i8[V]"]  # seats that fixed pairs leave
    load: Annotated[Array, "i8[V]"]  # of these, taken
    closed: Annotated[Array, "bool[V]"]
    event_cost: Annotated[Array, "f8[V]"]  # a seat
    year: Annotated[Array, "i8[V]"]
    clash: Annotated[Array, "u8[V, W]"]  # bit w of row v: v and w exclude each other
    unpriced: Annotated[Array, "bool[V]"]  # the certificate's price waits for chains put off
    # guests of each event
    guest_begin: Annotated[Array, "i8[V]"]
    guest_space: Annotated[Array, "i8[V]"]
    guests: Annotated[Array, "i8[V]"]
    guest: Annotated[Array, "i8[guests]"]
    guest_bid: Annotated[Array, "f8[guests]"]  # bid a seat when last computed
    # prices, a set of each kind for market, certificate and trial
    price: Annotated[Array, "f8[3, 2V]"]  # by code
    account_price: Annotated[Array, "f8[3, A, V]"]
    account_rate: Annotated[Array, "f8[3, A, Y]"]  # per unit of cost
    budget_rate: Annotated[Array, "f8[3]"]
    best: Annotated[Array, "f8[3, U]"]  # best bundle at these prices (row MARKET unused)
    # what is wanted at the trial prices, so far, and was wanted at the prices of the certificate [2, ...]
    demand: Annotated[Array, "f8[2, V]"]  # seats
    heading: Annotated[Array, "f8[V]"]  # where the trial prices of seats last went
    account_demand: Annotated[Array, "f8[2, A, V]"]  # places
    account_cost: Annotated[Array, "f8[2, A, Y]"]
    total_cost: Annotated[Array, "f8[2]"]
    # accounts
    account_count: Annotated[Array, "i8[A, V]"]  # guests of the account, fixed ones included
    account_fixed: Annotated[
        Array, "i8[A, V]"
    ]  # fixed ones alone, and guests who were settled outside
    account_limit: Annotated[Array, "f8[A, Y]"]  # hospitality that fixed pairs leave
    account_room: Annotated[Array, "f8[A, Y]"]  # of this, what chosen options leave
    account_first: Annotated[Array, "i8[A]"]  # the first of its customers, or -1
    # candidates and where they are listed
    listed: Annotated[Array, "i8[U]"]
    listed_code: Annotated[Array, "i4[U, K]"]
    listed_weight: Annotated[Array, "f4[U, K]"]
    listed_place: Annotated[Array, "i4[U, K]"]
    listing_begin: Annotated[Array, "i8[V]"]
    listing_size: Annotated[Array, "i8[V]"]
    listing_space: Annotated[Array, "i8[V]"]
    listing_slot: Annotated[Array, "i4[slots]"]  # customer * K + candidate
    listing_weight: Annotated[Array, "f4[slots]"]  # LOST while he holds it
    # bonds: fixed and forbidden pairs, chained per customer
    bond_first: Annotated[Array, "i8[U]"]  # or -1
    bond_next: Annotated[Array, "i8[bonds]"]
    bond_kind: Annotated[Array, "i8[bonds]"]
    bond_event: Annotated[Array, "i8[bonds]"]
    bond_seats: Annotated[Array, "i8[bonds]"]
    bond_weight: Annotated[Array, "f8[bonds]"]
    bond_cost: Annotated[Array, "f8[bonds]"]
    # queues
    waiting: Annotated[Array, "bool[U]"]
    rehearing: Annotated[Array, "i8[U]"]  # a ring
    freed: Annotated[Array, "bool[V]"]
    refilling: Annotated[Array, "i8[V]"]  # a ring
    # what this operation changed
    seen: Annotated[Array, "i8[U]"]  # operation in which his choice before it was kept
    changed: Annotated[Array, "i8[U]"]
    before: Annotated[Array, "i8[U, B+1]"]  # number and codes before the operation
    # scratch
    item_code: Annotated[Array, "i8[items]"]  # as long as the longest row, and more
    item_gain: Annotated[Array, "f8[items]"]  # weight less price
    item_weight: Annotated[Array, "f8[items]"]
    item_cost: Annotated[Array, "f8[items]"]
    item_column: Annotated[Array, "i8[items]"]
    pick: Annotated[Array, "i8[items]"]  # items that come into question
    bundle: Annotated[Array, "i8[B+1]"]  # items of the best bundle
    greedy: Annotated[Array, "i8[B+1]"]  # items of the bundle found first
    kept: Annotated[Array, "i8[B+1]"]  # items of the best bundle of a search
    sums: Annotated[Array, "f8[items+1]"]  # running sums of gains
    table: Annotated[Array, "f8[cells]"]  # of the dynamic program, (B + 1) * (items + 1)
    trail: Annotated[Array, "i8[B+1]"]  # places at which a search branched
    wanted_item: Annotated[Array, "i8[B+1]"]  # what a customer is about to take ...
    wanted_code: Annotated[Array, "i8[B+1]"]
    wanted_weight: Annotated[Array, "f8[B+1]"]
    wanted_cost: Annotated[Array, "f8[B+1]"]
    wanted_bid: Annotated[Array, "f8[B+1]"]
    listing_gain: Annotated[Array, "f8[K]"]  # while a customer's candidates are ranked
    asked_slot: Annotated[Array, "i8[ASKED]"]  # those who may fill a seat ...
    asked_hope: Annotated[Array, "f8[ASKED]"]
    top: Annotated[Array, "f8[B+1]"]  # largest gains


def overwritten(state: State, other: State) -> State:
    """The other state, in the memory of this one wherever an array fits."""
    return State(*(_copied(array, own) for own, array in zip(state, other, strict=True)))


def _copied(array: Array, onto: Array) -> Array:
    if onto.shape != array.shape or onto.dtype != array.dtype:
        return array.copy()
    np.copyto(onto, array)
    return onto
