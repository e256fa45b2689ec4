"""What an engine knows, out of the garbage collector's sight."""

import gc

FEWEST = 1_000
"""Fewer customers are looked through in no time."""

GROWN = 1.1
"""An engine that knows so many times as many customers is taken out of sight again."""


class LongLived:
    """Tells the collector when an engine has grown.

    100,000 customers are millions of objects that stay: while records are made the collector would look through all of them, again
    and again, which takes several times as long as making the records.
    """

    def __init__(self) -> None:
        self._customers = FEWEST

    def grown_to(self, customers: int) -> None:
        """Takes all that lives now out of sight, if the engine has grown much; what nobody holds any longer is let go as ever."""
        if customers > GROWN * self._customers:
            self._customers = customers
            gc.collect()
            gc.freeze()
