"""Says all present answers again, customer by customer."""

from uuid import UUID

from kindred_common.contracts.record import Cause
from kindred_common.db.transactions import Transaction
from kindred_common.messaging.republish import Page, PageReader
from kindred_survey.application.records import present_truth
from kindred_survey.entrypoints.desk import Desk


def answers_reader(desk: Desk) -> PageReader:
    """Reads the latest answers of some customers; withdrawn ones are said to be withdrawn."""

    async def read(transaction: Transaction, after: str, limit: int) -> Page:
        place = UUID(after) if after else None
        kept = await desk.open(transaction).answers.after_customer(place, limit)
        records = present_truth(kept, Cause(str(desk.ids())))
        customers = {answer.response.customer_id for answer in kept}
        last = str(max(customers)) if len(customers) == limit else None
        return Page(records, last)

    return read
