"""Everything the market remembers, as flat arrays: what kernels read and write and what a snapshot holds."""

from typing import Any, NamedTuple, cast

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
        (
            "target_step",
            "f8",
        ),  # the fraction of the distance to the value by which trial prices move
        ("sweep_next", "i8"),
        ("eps", "f8"),  # the least by which a price moves
        ("stability", "f8"),  # what a customer's present choice is worth beyond its weight
        ("budget", "f8"),
        ("spent", "f8"),
        ("fixed_spent", "f8"),
        ("reserve", "f8"),  # share of the budget that sweeps leave unspent
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
        ("steps", "i8"),  # steps of chains ever taken
    ]
)


class State(NamedTuple):
    """U customers, V events, B the largest cap, K listed candidates a customer; A accounts, Y years.

    An option is a code: twice the event, plus one if it takes two seats. A row is a stretch of ``code`` and ``weight``.
    Integers are of eight bytes but in what is long: one width, or each kernel is compiled once for every mixture.
    """

    totals: Array  # [1] of TOTALS
    # customers
    alive: Array  # bool[U]
    cap: Array  # i8[U] invitations allowed
    left: Array  # i8[U] of these, not used by fixed pairs
    fixed_count: Array  # i8[U] his fixed pairs
    special: Array  # i8[U] 1 if more than seats, cap and time limits him
    account: Array  # i8[U] row of accounts, or -1
    person_room: Array  # f8[U, Y] hospitality left per year, after fixed pairs
    row_begin: Array  # i8[U]
    row_size: Array  # i8[U]
    row_space: Array  # i8[U]
    marginal: Array  # f8[U] what his last free invitation is worth at the prices when he last chose
    # his choice
    held: Array  # i8[U] number of options chosen
    held_code: Array  # i8[U, B]
    held_weight: Array  # f8[U, B]
    held_cost: Array  # f8[U, B]
    held_place: Array  # i8[U, B] place among the guests of the event
    # eligible columns
    code: Array  # u2[columns]
    weight: Array  # f4 or f8[columns]
    cost: Array  # f8[columns], empty where costs are those of the event
    # events
    start: Array  # i8[V]
    end: Array  # i8[V]
    seats: Array  # i8[V] all seats
    fixed_load: Array  # i8[V]
    room: Array  # i8[V] seats that fixed pairs leave
    load: Array  # i8[V] of these, taken
    closed: Array  # bool[V]
    event_cost: Array  # f8[V] a seat
    year: Array  # i8[V]
    clash: Array  # u8[V, words] bit w of row v: v and w exclude each other
    # guests of each event
    guest_begin: Array  # i8[V]
    guest_space: Array  # i8[V]
    guests: Array  # i8[V]
    guest: Array  # i8[]
    guest_bid: Array  # f8[] bid a seat when last computed
    # prices, a set of each kind for market, certificate and trial
    price: Array  # f8[3, 2V] by code
    account_price: Array  # f8[3, A, V]
    account_rate: Array  # f8[3, A, Y] per unit of cost
    budget_rate: Array  # f8[3]
    best: Array  # f8[3, U] best bundle at these prices (row MARKET unused)
    # what is wanted at the trial prices, so far, and was wanted at the prices of the certificate [2, ...]
    demand: Array  # f8[2, V] seats
    account_demand: Array  # f8[2, A, V] places
    account_cost: Array  # f8[2, A, Y]
    total_cost: Array  # f8[2]
    # accounts
    account_count: Array  # i8[A, V] guests of the account, fixed ones included
    account_fixed: Array  # i8[A, V] fixed ones alone
    account_limit: Array  # f8[A, Y] hospitality that fixed pairs leave
    account_room: Array  # f8[A, Y] of this, what chosen options leave
    account_begin: Array  # i8[A + 1]
    account_member: Array  # i8[] customers by account
    # candidates and where they are listed
    listed: Array  # i8[U]
    listed_code: Array  # i4[U, K]
    listed_weight: Array  # f4[U, K]
    listed_place: Array  # i4[U, K]
    listing_begin: Array  # i8[V]
    listing_size: Array  # i8[V]
    listing_space: Array  # i8[V]
    listing_slot: Array  # i4[] customer * K + candidate
    listing_weight: Array  # f4[] LOST while he holds it
    # bonds: fixed and forbidden pairs, chained per customer
    bond_first: Array  # i8[U] or -1
    bond_next: Array  # i8[]
    bond_kind: Array  # i8[]
    bond_event: Array  # i8[]
    bond_seats: Array  # i8[]
    bond_weight: Array  # f8[]
    bond_cost: Array  # f8[]
    # queues
    waiting: Array  # bool[U]
    rehearing: Array  # i8[U] a ring
    freed: Array  # bool[V]
    refilling: Array  # i8[V] a ring
    # what this operation changed
    seen: Array  # i8[U] operation in which his choice before it was kept
    changed: Array  # i8[U]
    before: Array  # i8[U, B+1] ... number and codes before the operation
    # scratch
    item_code: Array  # i8[longest row + slack]
    item_gain: Array  # f8[] weight less price
    item_weight: Array  # f8[]
    item_cost: Array  # f8[]
    item_column: Array  # i8[]
    pick: Array  # i8[] items that come into question
    bundle: Array  # i8[B + 1] items of the best bundle
    greedy: Array  # i8[B + 1] items of the bundle found first
    kept: Array  # i8[B + 1] items of the best bundle of a search
    sums: Array  # f8[items + 1] running sums of gains
    table: Array  # f8[(B + 1) * (items + 1)] of the dynamic program
    trail: Array  # i8[B + 1] places at which a search branched
    wanted_item: Array  # i8[B + 1] what a customer is about to take ...
    wanted_code: Array  # i8[B + 1]
    wanted_weight: Array  # f8[B + 1]
    wanted_cost: Array  # f8[B + 1]
    wanted_bid: Array  # f8[B + 1]
    listing_gain: Array  # f8[K] while a customer's candidates are ranked
    asked_slot: Array  # i8[ASKED] those who may fill a seat ...
    asked_hope: Array  # f8[ASKED]
    top: Array  # f8[B + 1] largest gains
