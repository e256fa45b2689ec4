"""Records in, inputs for the matchmaker out: one batch of each topic is one batch of inputs."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from kindred_common.contracts.codec import Received
from kindred_common.contracts.invitations import EventListed, InvitationChanged
from kindred_common.contracts.profile import CustomerProfile, RematchRequested
from kindred_common.contracts.record import Record
from kindred_common.contracts.topics import (
    CUSTOMER_PROFILES,
    EVENT_CATALOGUE,
    INVITATION_RECORDS,
    REMATCH_REQUESTS,
)
from kindred_common.db.transactions import Transaction
from kindred_common.messaging.subscription import Refusals, Subscription
from kindred_common.messaging.verdicts import NotApplied, Rejected
from kindred_matching.application.matchmaker import Matchmaker
from kindred_matching.application.ports import Caused, Observer, Stores
from kindred_matching.application.records import (
    Unreadable,
    customer_of,
    event_of,
    identifier_in,
    step_of,
)
from kindred_matching.domain.inputs import (
    CustomerRemoved,
    CustomerReplaced,
    EventRemoved,
    EventReplaced,
    Input,
    InvitationStepped,
    RematchAsked,
)

R = TypeVar("R", bound=Record)

OpenStores = Callable[[Transaction], Stores]


def subscriptions(
    matchmaker: Matchmaker, open_stores: OpenStores, observer: Observer
) -> tuple[Subscription, ...]:
    """What matching reads."""

    def asked(record: Received[Record]) -> Input:
        request = _data(record, RematchRequested)
        observer.rematch_asked(request.reason)
        return RematchAsked(request.customer_id)

    translations = {
        CUSTOMER_PROFILES: _profile,
        EVENT_CATALOGUE: _listed,
        INVITATION_RECORDS: _stepped,
        REMATCH_REQUESTS: asked,
    }
    return tuple(
        Subscription(topic, _Handler(matchmaker, open_stores, translate))
        for topic, translate in translations.items()
    )


class _Handler:
    """Applies the records of one topic."""

    def __init__(
        self,
        matchmaker: Matchmaker,
        open_stores: OpenStores,
        translate: Callable[[Received[Record]], Input],
    ) -> None:
        self._matchmaker = matchmaker
        self._open_stores = open_stores
        self._translate = translate

    async def __call__(
        self, transaction: Transaction, records: Sequence[Received[Record]]
    ) -> Refusals:
        batch: list[Caused] = []
        refused: list[tuple[Received[Record], NotApplied]] = []
        for record in records:
            try:
                batch.append(Caused(self._translate(record), record.because()))
            except Unreadable as fault:
                refused.append((record, Rejected(fault.field, fault.reason)))
        await self._matchmaker.take(self._open_stores(transaction), batch)
        return refused


def _profile(record: Received[Record]) -> Input:
    if record.data is None:
        return CustomerRemoved(identifier_in(record.key))
    return CustomerReplaced(customer_of(_data(record, CustomerProfile)))


def _listed(record: Received[Record]) -> Input:
    if record.data is None:
        return EventRemoved(identifier_in(record.key))
    return EventReplaced(event_of(_data(record, EventListed)))


def _stepped(record: Received[Record]) -> InvitationStepped:
    return step_of(_data(record, InvitationChanged))


def _data(record: Received[Record], model: type[R]) -> R:
    """The body as the record that its topic carries."""
    if not isinstance(record.data, model):
        raise TypeError(type(record.data).__name__)
    return record.data
