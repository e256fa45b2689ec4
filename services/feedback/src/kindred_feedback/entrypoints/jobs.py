"""Timed work."""

from uuid import UUID

from kindred_common.db.transactions import Transaction
from kindred_common.messaging.due_jobs import DueJob, JobHandler
from kindred_feedback.application.ask_guest import ask_guest
from kindred_feedback.entrypoints.desk import Desk


def asking(desk: Desk) -> JobHandler:
    """The job that asks one guest; while his event is unknown it is tried again."""

    async def ask(transaction: Transaction, job: DueJob) -> None:
        await ask_guest(desk.open(transaction), UUID(job.key), desk.open_for, desk.clock.now())

    return ask
