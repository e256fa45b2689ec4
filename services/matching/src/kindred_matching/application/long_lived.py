"""What an engine knows, out of the garbage collector's sight."""

import gc
from weakref import ReferenceType, ref

from kindred_matching.domain.engine import Engine

FEWEST = 1_000
"""Fewer customers are looked through in no time."""

GROWN = 1.1
"""An engine that knows so many times as many customers as before is taken out of sight again."""


class LongLived:
    """Tells the collector when an engine has grown, or is another one.

    100,000 customers are millions of objects that stay: while records are made the collector would look through all of them, again
    and again, which takes several times as long as making the records.
    """

    def __init__(self) -> None:
        self._engine: ReferenceType[Engine] | None = None
        self._customers = 0

    def look_at(self, engine: Engine) -> None:
        """Takes all that lives now out of sight, if that is due; what nobody holds any longer is let go as ever."""
        customers, known = len(engine.customers), self._engine and self._engine() is engine
        if customers > (GROWN * self._customers if known else FEWEST):
            self._engine, self._customers = ref(engine), customers
            gc.freeze()
