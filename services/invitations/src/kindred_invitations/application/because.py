"""Why something happens: who does it and what led to it."""

from dataclasses import dataclass
from datetime import datetime

from kindred_common.contracts.record import Cause
from kindred_common.contracts.vocabulary import FactSource
from kindred_invitations.domain.invitation import Invitation


@dataclass(frozen=True, slots=True)
class Because:
    """The reason behind a use case: the cause its records carry, who reports it, who acts, and when.

    ``actor`` is a principal's subject, ``customer``, a service or another system's name. What our own house does, the
    matcher's proposals included, is reported as the account manager's.
    """

    cause: Cause
    actor: str
    at: datetime
    source: FactSource = FactSource.ACCOUNT_MANAGER

    def following(self, invitation: Invitation) -> Cause:
        """The cause of the invitation's next record: a person's act follows from the step that he acts on."""
        if self.cause.causation_id is not None or invitation.record_id is None:
            return self.cause
        correlation_id = invitation.correlation_id or self.cause.correlation_id
        return Cause(correlation_id, str(invitation.record_id), self.cause.traceparent)


CUSTOMER = "customer"
"""The actor where customers act themselves, by their personal link."""
