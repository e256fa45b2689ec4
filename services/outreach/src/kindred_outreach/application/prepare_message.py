"""The next message that is due: judged, and if nothing stands in the way, made ready to go."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from kindred_common.clock import Clock, Ids
from kindred_outreach.application.outcomes import outcome
from kindred_outreach.application.ports import LetterWriter, Stores
from kindred_outreach.application.standing import standing_of
from kindred_outreach.domain.consents import purpose_of
from kindred_outreach.domain.letters import Incomplete, Letter, Mail
from kindred_outreach.domain.messages import CONFIRMATION, SERVICE, Message, State
from kindred_outreach.domain.recipients import Recipient
from kindred_outreach.domain.rules import Finding, Policy, Verdict, decide
from kindred_outreach.domain.tasks import CallTask

WAITS_FOR_DETAILS = timedelta(days=1)
LOOKS_AGAIN = timedelta(minutes=5)
UNKNOWN = "unknown_customer"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A message that was looked at; ``mail`` is there when it is claimed and must be delivered now."""

    message: Message
    mail: Mail | None = None


class CannotPrepare(Exception):  # noqa: N818 - says what is the case
    """Looking at one message failed, for the reason that is its cause."""

    def __init__(self, message_id: UUID) -> None:
        super().__init__(message_id)
        self.message_id = message_id


class PrepareMessage:
    """Takes the next due message as far as the database goes."""

    def __init__(
        self, policy: Policy, letters: LetterWriter, company: str, clock: Clock, ids: Ids
    ) -> None:
        self._policy = policy
        self._letters = letters
        self._company = company
        self._clock = clock
        self._ids = ids

    async def next(self, stores: Stores) -> Prepared | None:
        """Looks at the message that is due longest; None when none is due.

        Raises:
            CannotPrepare: the database is away, or there is a bug; nothing was done.
        """
        now = self._clock.now()
        message = await stores.messages.lock_due(now)
        if message is None:
            return None
        try:
            return await self._judge(stores, message, now)
        except Exception as error:
            raise CannotPrepare(message.id) from error

    async def _judge(self, stores: Stores, message: Message, now: datetime) -> Prepared:
        recipient = await stores.recipients.lock(message.customer_id)
        if recipient is None:
            return await self._settle(stores, message, _unknown(message, now), now)
        standing = await standing_of(stores, recipient, now, but=message.id)
        finding = decide(message, standing, self._policy, now)
        if finding is not None:
            return await self._settle(stores, message, finding, now)
        return await self._make_ready(stores, message, recipient, now)

    async def _settle(
        self, stores: Stores, message: Message, finding: Finding, now: datetime
    ) -> Prepared:
        """Skips the message, or lets it wait; others are told of a skip only."""
        held = finding.verdict is Verdict.HOLD
        settled = replace(
            message,
            state=State.WAITING if held else State.SKIPPED,
            rule=finding.rule,
            allowed_from=finding.allowed_from,
            due_at=(finding.allowed_from or now) if held else message.due_at,
            changed_at=now,
        )
        await stores.messages.save(settled)
        if not held:
            await stores.publisher.publish([outcome(settled)])
        return Prepared(settled)

    async def _make_ready(
        self, stores: Stores, message: Message, recipient: Recipient, now: datetime
    ) -> Prepared:
        wants_way_out = message.by_email and purpose_of(message.purpose) is not None
        way_out = await stores.links.create(message, now) if wants_way_out else None
        try:
            letter = self._letters.write(message, recipient, way_out)
        except Incomplete:
            return await self._settle(stores, message, Finding("template", Verdict.SKIP), now)
        if message.message_class != SERVICE:
            await stores.contacts.reserve(message, now)
        if not message.by_email:
            return await self._ask_person(stores, message, letter, now)
        return await self._claim(stores, message, self._mail(message, recipient, letter), now)

    async def _ask_person(
        self, stores: Stores, message: Message, letter: Letter, now: datetime
    ) -> Prepared:
        words = "\n\n".join((letter.greeting, *letter.before, *letter.after))
        task = CallTask(
            id=self._ids(),
            message_id=message.id,
            customer_id=message.customer_id,
            manner=message.manner,
            purpose=message.purpose,
            subject=letter.subject,
            words="\n".join((words, "", *(f"{label}: {value}" for label, value in letter.facts))),
            created_at=now,
        )
        await stores.tasks.add(task)
        handed = replace(message, state=State.TASK, rule=None, allowed_from=None, changed_at=now)
        await stores.messages.save(handed)
        await stores.publisher.publish([outcome(handed)])
        return Prepared(handed)

    async def _claim(self, stores: Stores, message: Message, mail: Mail, now: datetime) -> Prepared:
        claimed = replace(
            message,
            state=State.CLAIMED,
            rule=None,
            allowed_from=None,
            attempt_id=self._ids(),
            claimed_at=now,
            changed_at=now,
        )
        await stores.messages.save(claimed)
        return Prepared(claimed, mail)

    def _mail(self, message: Message, recipient: Recipient, letter: Letter) -> Mail:
        manager = recipient.account_manager_name
        return Mail(
            message_id=message.id,
            to_name=recipient.full_name,
            to_address=recipient.address or "",
            sender_name=f"{manager} ({self._company})" if manager else self._company,
            reply_to=recipient.account_manager_email,
            letter=letter,
            appointment=message.calendar,
            accepted=message.purpose == CONFIRMATION,
        )


def _unknown(message: Message, now: datetime) -> Finding:
    """A customer whom nobody has told us about yet gets a day to become known."""
    until = message.requested_at + WAITS_FOR_DETAILS
    if now >= until:
        return Finding(UNKNOWN, Verdict.SKIP)
    # The details wake the message; it also looks by itself, for the case that both arrive in the same instant.
    return Finding(UNKNOWN, Verdict.HOLD, min(until, now + LOOKS_AGAIN))
