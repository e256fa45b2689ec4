"""What every route and consumer of this service is built with."""

from collections.abc import Callable
from dataclasses import dataclass

from kindred_common.clock import Clock, Ids
from kindred_common.contracts.record import Cause
from kindred_common.contracts.vocabulary import FactSource
from kindred_common.db.transactions import Transaction, Transactions
from kindred_common.security.principals import Principal
from kindred_invitations.application.because import Because
from kindred_invitations.application.ports import Ports
from kindred_invitations.application.queries import InvitationLists, ReadModel
from kindred_invitations.application.settle_decision import Matters


@dataclass(frozen=True, slots=True)
class Reading:
    """The read side, bound to one transaction."""

    model: ReadModel
    lists: InvitationLists
    matters: Matters


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Opens transactions and binds ports to them."""

    transactions: Transactions
    ports: Callable[[Transaction], Ports]
    reading: Callable[[Transaction], Reading]
    clock: Clock
    ids: Ids

    def because(
        self,
        cause: Cause,
        principal: Principal,
        source: FactSource = FactSource.ACCOUNT_MANAGER,
    ) -> Because:
        """The reason behind what a signed-in person or system asks for now."""
        return Because(cause, principal.subject, self.clock.now(), source)
