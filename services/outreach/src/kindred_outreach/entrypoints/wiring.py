"""What bootstrap hands to the entrypoints: stores by transaction, never a database."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from kindred_common.db.transactions import Transaction
from kindred_outreach.application.ports import Stores
from kindred_outreach.application.queries import Queries

OpenStores = Callable[[Transaction], Stores]
OpenQueries = Callable[[Transaction], Queries]
IsFresh = Callable[[Transaction, datetime], Awaitable[bool]]
"""Whether our copies of details and consents are young enough to send by."""
