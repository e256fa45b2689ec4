"""How current our copies of customers' details and consents are."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from kindred_common.contracts.topics import CONSENT_RECORDS, CUSTOMER_DETAILS
from kindred_common.contracts.vocabulary import Service
from kindred_common.db.transactions import Transaction
from kindred_common.messaging.positions import current_until

FRESH_FOR = timedelta(minutes=5)


async def current(transaction: Transaction) -> Mapping[str, datetime | None]:
    """By topic, the moment up to which all of it has been read; None when that is not known."""
    return {
        topic.name: await current_until(
            transaction.connection, str(Service.OUTREACH), topic.name, topic.partitions
        )
        for topic in (CUSTOMER_DETAILS, CONSENT_RECORDS)
    }


async def is_fresh(transaction: Transaction, now: datetime) -> bool:
    """Whether both copies are younger than five minutes, so that no objection can be missed."""
    moments = (await current(transaction)).values()
    return all(moment is not None and now - moment < FRESH_FOR for moment in moments)
