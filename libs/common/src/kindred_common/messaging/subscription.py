"""What a service wants to be given, and how it takes it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

from kindred_common.contracts.codec import Received
from kindred_common.contracts.record import Record
from kindred_common.contracts.topics import Topic
from kindred_common.db.transactions import Transaction
from kindred_common.messaging.verdicts import NotApplied

R = TypeVar("R", bound=Record)

Refusals = Sequence[tuple[Received[Record], NotApplied]]
BatchHandler = Callable[[Transaction, Sequence[Received[Record]]], Awaitable[Refusals]]
"""Applies records in order within the transaction; returns those it left untouched, each with its verdict."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """One topic and the handler of its records.

    On a state topic a batch holds at most one record of each key, the latest. ``receipts`` tells the publishing system
    what became of each of its records.
    """

    topic: Topic
    handle: BatchHandler

    @property
    def receipts(self) -> bool:
        return self.topic.external


def one_by_one(handle: Callable[[Transaction, Received[R]], Awaitable[None]]) -> BatchHandler:
    """A batch handler from one that takes single records and raises :class:`NotApplied` for those it cannot apply.

    A raise undoes the batch; its records are then applied one transaction each.
    """

    async def handle_batch(
        transaction: Transaction, records: Sequence[Received[Record]]
    ) -> Refusals:
        for record in records:
            await handle(transaction, cast("Received[R]", record))
        return ()

    return handle_batch
