"""What guests said, page by page, for publishing it again."""

from uuid import UUID

from sqlalchemy import select

from kindred_common.db.transactions import Transaction
from kindred_common.messaging.republish import Page, PageReader
from kindred_feedback.adapters.postgres_feedbacks import feedback_of
from kindred_feedback.adapters.postgres_guests import guest_of
from kindred_feedback.adapters.tables import feedback, guest
from kindred_feedback.application.give_feedback import feedback_record


def feedback_pages() -> PageReader:
    """Reads feedback in the order of the invitations' ids, locking it against a newer word."""

    async def read(transaction: Transaction, after: str, limit: int) -> Page:
        connection = transaction.connection
        statement = select(guest).join(feedback, feedback.c.invitation_id == guest.c.invitation_id)
        if after:
            statement = statement.where(guest.c.invitation_id > UUID(after))
        ordered = statement.order_by(guest.c.invitation_id).limit(limit).with_for_update()
        guests = [guest_of(row) for row in (await connection.execute(ordered)).mappings()]
        ids = [one.invitation_id for one in guests]
        said = select(feedback).where(feedback.c.invitation_id.in_(ids))
        words = {
            row["invitation_id"]: feedback_of(row)
            for row in (await connection.execute(said)).mappings()
        }
        records = [feedback_record(one, words[one.invitation_id]) for one in guests]
        return Page(records, str(ids[-1]) if len(ids) == limit else None)

    return read
