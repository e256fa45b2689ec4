"""Re-emits a service's current truth to a topic, page by page: topics alone are not an archive."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from kindred_common.clock import Clock
from kindred_common.contracts.codec import Outgoing
from kindred_common.contracts.topics import Topic
from kindred_common.db.transactions import Transaction
from kindred_common.messaging.due_jobs import DueJob, JobHandler, schedule
from kindred_common.messaging.outbox import Outbox

PAGE = 200
REPUBLISH = "republish"


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a topic's current truth; ``last`` is where the next page goes on, None at the end."""

    records: Sequence[Outgoing]
    last: str | None


PageReader = Callable[[Transaction, str, int], Awaitable[Page]]
"""Reads the page behind a key (empty at first) and locks its rows, so that no newer state is overwritten by an older."""


async def request_republish(
    transaction: Transaction, topics: Sequence[Topic], clock: Clock
) -> None:
    """Asks the worker to re-emit what the service owns of ``topics``."""
    for topic in topics:
        await schedule(transaction, DueJob(REPUBLISH, topic.name, clock.now(), {"after": ""}))


def republish_job(readers: Mapping[str, PageReader], outbox: Outbox, clock: Clock) -> JobHandler:
    """The handler that emits one page and plans the next; ``readers`` by topic name."""

    async def republish(transaction: Transaction, job: DueJob) -> None:
        page = await readers[job.key](transaction, str(job.payload["after"]), PAGE)
        await outbox.publish(transaction, page.records)
        if page.last is not None:
            await schedule(
                transaction, DueJob(REPUBLISH, job.key, clock.now(), {"after": page.last})
            )

    return republish
