"""Looks over the facts of customers whose time has come, beside the stream that does the same as they come in."""

from dataclasses import dataclass
from datetime import datetime

from kindred_profile.application.ports import Stores
from kindred_profile.application.request_rematch import request_rematch
from kindred_profile.domain.found import Found
from kindred_profile.domain.looking import look


@dataclass(frozen=True, slots=True)
class Swept:
    """How many customers were looked at, and what was new."""

    customers: int
    asked: list[Found]


async def sweep(stores: Stores, now: datetime, limit: int) -> Swept:
    """Looks at up to ``limit`` customers and asks to match those again for whom there is a reason."""
    due = await stores.customers.lock_due(now, limit)
    facts = await stores.facts.of([known.customer.id for known in due])
    looks = {k.customer.id: look(facts.get(k.customer.id, []), now) for k in due}
    found = [one for each in looks.values() for one in each.found]
    asked = await request_rematch(stores, found, now)
    await stores.customers.look_again({i: each.again_at for i, each in looks.items()})
    return Swept(len(due), asked)
