"""Reads what was published, to publish it again."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from kindred_common.clock import Ids
from kindred_common.contracts.codec import Outgoing
from kindred_common.contracts.profile import CustomerDetails
from kindred_common.contracts.record import Cause
from kindred_common.contracts.topics import CUSTOMER_DETAILS, CUSTOMER_PROFILES
from kindred_common.db.transactions import Transaction
from kindred_common.messaging.republish import Page, PageReader
from kindred_profile.application.contract_records import published_profile

_FIRST = str(UUID(int=0))

# The rows stay locked until the page is in the outbox, so that no newer profile gets a place before it.
_PAGE = """
SELECT id, profile, profile_version, details FROM customer
 WHERE id > $1::uuid AND profile IS NOT NULL ORDER BY id LIMIT $2 FOR UPDATE
"""


def profiles_reader(ids: Ids) -> PageReader:
    """Reads the profiles as last published, page by page."""

    def record(row: Any, cause: Cause) -> Outgoing:
        data = published_profile(row.profile, row.profile_version)
        return Outgoing(CUSTOMER_PROFILES, str(row.id), data, cause)

    return _reader(ids, record)


def details_reader(ids: Ids) -> PageReader:
    """Reads the details as last published, page by page."""

    def record(row: Any, cause: Cause) -> Outgoing:
        data = CustomerDetails.model_validate_json(row.details)
        return Outgoing(CUSTOMER_DETAILS, str(row.id), data, cause)

    return _reader(ids, record)


def _reader(ids: Ids, record: Callable[[Any, Cause], Outgoing]) -> PageReader:
    async def read(transaction: Transaction, after: str, limit: int) -> Page:
        parameters = (after or _FIRST, limit)
        rows = (await transaction.connection.exec_driver_sql(_PAGE, parameters)).all()
        cause = Cause(correlation_id=str(ids()))
        records = [record(row, cause) for row in rows]
        return Page(records, str(rows[-1].id) if len(rows) == limit else None)

    return read
