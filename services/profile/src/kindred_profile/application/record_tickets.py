"""Takes business transactions in: a complaint opens a case, solving it closes the case."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from kindred_common.contracts.record import Cause
from kindred_common.contracts.vocabulary import FactSource
from kindred_profile.application.ports import Known, Stores, Ticket
from kindred_profile.application.publish_profiles import publish_profiles
from kindred_profile.domain.facts import Fact, FactKind


@dataclass(frozen=True, slots=True)
class Reported:
    """A transaction as reported, with the cause that what follows carries."""

    ticket: Ticket
    cause: Cause


async def record_tickets(stores: Stores, reported: Sequence[Reported]) -> dict[str, str]:
    """Keeps the transactions; publishes the profiles that an opened or closed case changes.

    Returns what is missing, as ``account:<id>`` or ``customer:<id>``, by the record that names it; such a record leaves
    nothing behind.
    """
    tickets = [one.ticket for one in reported]
    # Locked against customers who come to the account meanwhile: they must see its open cases.
    accounts = await stores.accounts.lock({t.account_id for t in tickets})
    of_accounts = await stores.customers.of_accounts(_wholly_concerned(tickets))
    locked = await stores.customers.lock(_named(tickets) | of_accounts)
    missing = {t.record_id: m for t in tickets if (m := _missing(t, accounts, locked)) is not None}
    taken = [one for one in reported if one.ticket.record_id not in missing]
    if taken:
        await _take(stores, taken, locked)
    return missing


async def _take(stores: Stores, taken: Sequence[Reported], locked: Mapping[UUID, Known]) -> None:
    await stores.tickets.put([_as_known(one.ticket, locked) for one in taken])
    await stores.facts.add([f for one in taken if (f := _fact(one, locked)) is not None])
    causes = _causes(taken, locked)
    concerned = {k.customer.id: k for k in locked.values() if k.customer.id in causes}
    await publish_profiles(stores, list(concerned.values()), causes)


def _named(tickets: Iterable[Ticket]) -> set[UUID]:
    return {t.customer_id for t in tickets if t.customer_id is not None}


def _wholly_concerned(tickets: Iterable[Ticket]) -> set[UUID]:
    """The accounts all of whose customers a complaint without a name concerns."""
    return {t.account_id for t in tickets if t.complaint and t.customer_id is None}


def _missing(
    ticket: Ticket, accounts: Mapping[UUID, object], customers: Mapping[UUID, Known]
) -> str | None:
    if ticket.account_id not in accounts:
        return f"account:{ticket.account_id}"
    if ticket.customer_id is not None and ticket.customer_id not in customers:
        return f"customer:{ticket.customer_id}"
    return None


def _as_known(ticket: Ticket, customers: Mapping[UUID, Known]) -> Ticket:
    if ticket.customer_id is None:
        return ticket
    return replace(ticket, customer_id=customers[ticket.customer_id].customer.id)


def _causes(taken: Iterable[Reported], locked: Mapping[UUID, Known]) -> dict[UUID, Cause]:
    """Whom the complaints concern, each with its cause."""
    causes: dict[UUID, Cause] = {}
    for one in taken:
        ticket = one.ticket
        if ticket.complaint and ticket.customer_id is not None:
            causes[locked[ticket.customer_id].customer.id] = one.cause
        elif ticket.complaint:
            causes |= {
                known.customer.id: one.cause
                for known in locked.values()
                if known.customer.account_id == ticket.account_id
            }
    return causes


def _fact(one: Reported, customers: Mapping[UUID, Known]) -> Fact | None:
    """What the customer's time line shows of it; the amount is the account's business."""
    ticket = one.ticket
    if ticket.customer_id is None:
        return None
    return Fact(
        customers[ticket.customer_id].customer.id,
        FactKind.TRANSACTION,
        f"transaction/{ticket.identity.source}:{ticket.identity.external_id}",
        ticket.kind,
        FactSource.CRM.value,
        ticket.observed_at,
        ticket.record_id,
        one.cause.correlation_id,
        choice=_state(ticket),
        happened_at=ticket.happened_at,
        detail=json.dumps({"external_id": ticket.identity.external_id}),
    )


def _state(ticket: Ticket) -> str | None:
    if not ticket.complaint:
        return None
    return "complaint_open" if ticket.open else "complaint_solved"
