"""One message all the way: judged and claimed, given to the mail server, settled; each step its own transaction."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from kindred_common.clock import Clock
from kindred_common.db.faults import is_transient
from kindred_common.db.transactions import Transactions
from kindred_common.observability.logging import get_logger
from kindred_common.observability.metrics import Metrics
from kindred_outreach.application.ports import MailServer
from kindred_outreach.application.prepare_message import CannotPrepare, Prepared, PrepareMessage
from kindred_outreach.application.put_aside import put_aside
from kindred_outreach.application.recover_messages import recover_messages
from kindred_outreach.application.settle_delivery import hand_over, settle_delivery
from kindred_outreach.domain.deliveries import Delivery
from kindred_outreach.domain.letters import Mail
from kindred_outreach.domain.messages import Message, State
from kindred_outreach.entrypoints.wiring import IsFresh, OpenStores

SETTLE_AGAIN_SECONDS = 1.0
SETTLE_TRIES = 60

_COUNTED = {
    State.SENT: "sent",
    State.SKIPPED: "skipped",
    State.WAITING: "held",
    State.TASK: "task",
    State.BOUNCED: "bounced",
    State.UNCERTAIN: "uncertain",
}

_log = get_logger(__name__)


class TooOld(Exception):  # noqa: N818 - says what is the case
    """Our copies of details and consents are too old to send by."""


@dataclass(frozen=True, slots=True)
class Dispatch:
    """The steps of sending one message."""

    transactions: Transactions
    open_stores: OpenStores
    is_fresh: IsFresh
    prepare: PrepareMessage
    server: MailServer
    clock: Clock
    metrics: Metrics

    async def take(self) -> Prepared | None:
        """Judges the message that is due longest; None when none is due.

        Raises:
            TooOld: nothing may be sent now.
            Exception: the database is away; nothing was done.
        """
        try:
            async with self.transactions.begin() as transaction:
                if not await self.is_fresh(transaction, self.clock.now()):
                    raise TooOld
                prepared = await self.prepare.next(self.open_stores(transaction))
        except CannotPrepare as failure:
            cause = failure.__cause__ or failure
            if is_transient(cause):
                raise cause from None
            aside = await self._put_aside(failure.message_id, cause)
            return None if aside is None else Prepared(aside)
        if prepared is not None and prepared.mail is None:
            self._count(prepared.message)
        return prepared

    async def deliver(self, claimed: Message, mail: Mail) -> Delivery:
        """Gives a claimed message to the mail server and writes down how that ended."""
        handed = False

        async def hand() -> bool:
            nonlocal handed
            async with self.transactions.begin() as transaction:
                stores = self.open_stores(transaction)
                allowed = await hand_over(stores, claimed, self.clock.now())
            handed = allowed
            return allowed

        try:
            delivery = await self.server.deliver(mail, hand)
        except Exception as error:  # noqa: BLE001 - whatever it was, the message must be settled
            phase = "after hand-over" if handed else "before hand-over"
            _log.error("delivery failed", error=type(error).__name__, phase=phase)
            delivery = Delivery.UNKNOWN if handed else Delivery.PUT_OFF
        await self._settle(claimed, mail, delivery)
        return delivery

    async def recover(self) -> int:
        """Settles what senders that died have left; returns how many messages."""
        async with self.transactions.begin() as transaction:
            stores = self.open_stores(transaction)
            recovered = await recover_messages(stores, self.clock.now())
        for message in recovered:
            _log.warning("message recovered", state=message.state)
            self._count(message)
        return len(recovered)

    async def _settle(self, claimed: Message, mail: Mail, delivery: Delivery) -> None:
        """Tries until the database has it; should it stay away, the message is recovered as uncertain."""
        for _ in range(SETTLE_TRIES):
            try:
                async with self.transactions.begin() as transaction:
                    stores = self.open_stores(transaction)
                    settled = await settle_delivery(
                        stores, claimed, mail, delivery, self.clock.now()
                    )
            except Exception as error:
                if not is_transient(error):
                    raise
                await asyncio.sleep(SETTLE_AGAIN_SECONDS)
                continue
            if settled is not None:
                self._count(settled)
            return

    async def _put_aside(self, message_id: UUID, cause: BaseException) -> Message | None:
        _log.error("message put aside", error=type(cause).__name__)
        self.metrics.messages_total.labels(outcome="failed").inc()
        async with self.transactions.begin() as transaction:
            return await put_aside(self.open_stores(transaction), message_id, self.clock.now())

    def _count(self, message: Message) -> None:
        outcome = _COUNTED.get(message.state)
        if outcome is not None:
            self.metrics.messages_total.labels(outcome=outcome).inc()
