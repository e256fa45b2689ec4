"""Records of our own services in, use cases called; nothing is decided here."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from kindred_common.contracts.codec import Received
from kindred_common.contracts.feedback import FeedbackGiven
from kindred_common.contracts.matching import CustomerMatches
from kindred_common.contracts.outreach import MessageOutcome
from kindred_common.contracts.profile import (
    ConsentChanged,
    CustomerDetails,
    CustomerProfile,
    LiveSignal,
)
from kindred_common.contracts.record import Record
from kindred_common.contracts.topics import (
    CONSENT_RECORDS,
    CUSTOMER_DETAILS,
    CUSTOMER_MATCHES,
    CUSTOMER_PROFILES,
    EXPERIENCE_FEEDBACK,
    LIVE_SIGNALS,
    MESSAGE_OUTCOMES,
)
from kindred_common.contracts.vocabulary import Service
from kindred_common.db.transactions import Transaction
from kindred_common.messaging.subscription import Refusals, Subscription
from kindred_common.messaging.verdicts import Early, NotApplied, Rejected
from kindred_invitations.application.because import Because
from kindred_invitations.application.draft_invitations import Proposal, draft_invitations
from kindred_invitations.application.know_customers import (
    Projections,
    know_details,
    know_profiles,
)
from kindred_invitations.application.note_outcomes import note_outcomes
from kindred_invitations.application.ports import Outcome
from kindred_invitations.application.records import event_reference
from kindred_invitations.domain.drafting import Chosen
from kindred_invitations.entrypoints.desk import Desk

R = TypeVar("R", bound=Record)

_Records = Sequence[Received[Record]]


@dataclass(frozen=True, slots=True)
class Consumers:
    """The handlers of what invitations reads of the other services, a batch at a time."""

    desk: Desk
    projections: Callable[[Transaction], Projections]

    def subscriptions(self) -> Sequence[Subscription]:
        return (
            Subscription(CUSTOMER_PROFILES, self.on_profiles),
            Subscription(CUSTOMER_DETAILS, self.on_details),
            Subscription(CONSENT_RECORDS, self.on_consents),
            Subscription(CUSTOMER_MATCHES, self.on_matches),
            Subscription(MESSAGE_OUTCOMES, self.on_outcomes),
            Subscription(EXPERIENCE_FEEDBACK, self.on_feedback),
            Subscription(LIVE_SIGNALS, self.on_signals),
        )

    async def on_profiles(self, transaction: Transaction, records: _Records) -> Refusals:
        kept, announce = self.projections(transaction), self.desk.ports(transaction).announce
        if profiles := _data(records, CustomerProfile):
            await know_profiles(kept, announce, profiles)
        gone, refusals = _removed(records)
        if gone:
            await kept.forget_profiles(gone)
        return refusals

    async def on_details(self, transaction: Transaction, records: _Records) -> Refusals:
        kept, announce = self.projections(transaction), self.desk.ports(transaction).announce
        if details := _data(records, CustomerDetails):
            await know_details(kept, announce, details)
        gone, refusals = _removed(records)
        if gone:
            await kept.forget_details(gone)
        return refusals

    async def on_consents(self, transaction: Transaction, records: _Records) -> Refusals:
        if consents := _data(records, ConsentChanged):
            await self.projections(transaction).keep_consents(consents)
        return ()

    async def on_matches(self, transaction: Transaction, records: _Records) -> Refusals:
        gone, refusals = _removed(records)
        proposals = list(self._proposals(records, gone))
        unknown = await draft_invitations(self.desk.ports(transaction), proposals)
        kept, told = self.projections(transaction), _data(records, CustomerMatches)
        if applied := [matches for matches in told if matches.customer_id not in unknown]:
            await kept.keep_matches(applied)
        if gone:
            await kept.forget_matches(gone)
        early = [
            (record, Early(event_reference(unknown[record.data.customer_id])))
            for record in records
            if isinstance(record.data, CustomerMatches) and record.data.customer_id in unknown
        ]
        return [*refusals, *early]

    def _proposals(
        self, records: _Records, gone: Collection[UUID]
    ) -> Iterator[tuple[Because, Proposal]]:
        """What is proposed now, those whose matches are gone last: to them nothing is."""
        for record in records:
            if isinstance(record.data, CustomerMatches):
                yield self._because(record, Service.MATCHING), _proposal(record.data)
        for record in records:
            if record.data is None and _id(record.key) in gone:
                yield self._because(record, Service.MATCHING), Proposal(UUID(record.key), ())

    async def on_outcomes(self, transaction: Transaction, records: _Records) -> Refusals:
        outcomes = [
            (self._because(record, Service.OUTREACH), _outcome(record.data))
            for record in records
            if isinstance(record.data, MessageOutcome)
        ]
        await note_outcomes(self.desk.ports(transaction), outcomes)
        return ()

    async def on_feedback(self, transaction: Transaction, records: _Records) -> Refusals:
        if given := _data(records, FeedbackGiven):
            await self.projections(transaction).keep_feedback(given)
        return ()

    async def on_signals(self, transaction: Transaction, records: _Records) -> Refusals:
        kept = self.projections(transaction)
        if signals := _data(records, LiveSignal):
            await kept.keep_signals(signals)
        if gone := [record.key for record in records if record.data is None]:
            await kept.forget_signals(gone)
        return ()

    def _because(self, record: Received[Record], actor: Service) -> Because:
        return Because(record.because(), str(actor), self.desk.clock.now())


def _data(records: _Records, model: type[R]) -> list[R]:
    """What the records carry. One customer may stand in a batch of facts more than once; the order stays."""
    return [record.data for record in records if isinstance(record.data, model)]


def _removed(
    records: _Records,
) -> tuple[list[UUID], list[tuple[Received[Record], NotApplied]]]:
    """The customers whose state was removed, and the records that name nobody."""
    gone: list[UUID] = []
    wrong: list[tuple[Received[Record], NotApplied]] = []
    for record in records:
        if record.data is not None:
            continue
        if (customer := _id(record.key)) is None:
            wrong.append((record, Rejected("key", "is not a customer's id")))
        else:
            gone.append(customer)
    return gone, wrong


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _proposal(matches: CustomerMatches) -> Proposal:
    return Proposal(
        matches.customer_id,
        tuple(
            Chosen(match.event_id, match.seats, match.score)
            for match in matches.matches
            if not match.fixed
        ),
        tuple(match.event_id for match in matches.matches if match.fixed),
    )


def _outcome(outcome: MessageOutcome) -> Outcome:
    return Outcome(
        outcome.message_id, outcome.result, outcome.at, outcome.rule, outcome.allowed_from
    )
