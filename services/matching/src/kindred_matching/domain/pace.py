"""How much the service's allocation does at a time, and when it seeks prices for everybody."""

from kindred_matching.domain.market.effort import Effort, Start

EFFORT = Effort(chain=20, event_chain=2_000, heard=0)
"""A batch may take milliseconds: more moves at once than when an update is to take a tenth of one. Nobody else chooses anew."""

HEARD = 2
"""How many customers choose anew in a slice of the background work at leisure."""

SHARING = 512
"""How many customers share money out at a time, where it is short."""

SLICES = 2
"""Slices of background work after each batch: prices and certificate follow the changes while they come."""

OUTGROWN = 2
"""A market that holds so many times the customers for whom its prices were sought has outgrown them: they are sought anew."""

FEWEST = 256
"""Among fewer customers than this prices find themselves in no time."""

OUTGROWN_AT_REST, FILLING = 1.05, 1.02
"""When nothing else happens prices are sought anew for less: a market that has been filled is near its bound then.

A market that has grown by more than ``FILLING`` since it rested last is still being filled: everybody would be moved again.
"""

SEEK = Start(coarse=60, medium=60, fine=20, polish=0)
"""How prices are sought anew while the market fills: it will be done again when there are twice as many."""
