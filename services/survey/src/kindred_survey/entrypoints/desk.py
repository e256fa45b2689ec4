"""What every route is given: transactions with the stores on them, the clock, new ids and our public address."""

from collections.abc import Callable
from dataclasses import dataclass

from kindred_common.clock import Clock, Ids
from kindred_common.db.transactions import Transaction, Transactions
from kindred_survey.application.ports import Stores


@dataclass(frozen=True, slots=True)
class Desk:
    """Shared by the routes; ``pages`` is the address that customers' links begin with."""

    transactions: Transactions
    open: Callable[[Transaction], Stores]
    clock: Clock
    ids: Ids
    pages: str

    def link(self, token: str) -> str:
        """The short address that a customer is sent."""
        return f"{self.pages}/s/{token}"
