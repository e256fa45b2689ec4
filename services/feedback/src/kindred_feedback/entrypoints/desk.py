"""What every entrypoint is given."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from kindred_common.clock import Clock, Ids
from kindred_common.db.transactions import Transaction, Transactions
from kindred_feedback.application.ports import Stores


@dataclass(frozen=True, slots=True)
class Desk:
    """Shared by pages, API, consumers and jobs."""

    transactions: Transactions
    open: Callable[[Transaction], Stores]
    clock: Clock
    ids: Ids
    ask_after: timedelta
    open_for: timedelta
    company: str
