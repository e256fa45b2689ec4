"""Customers as guests, from the projections."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_common.contracts.profile import CustomerProfile
from kindred_common.contracts.vocabulary import ConsentPurpose, ConsentState
from kindred_invitations.adapters.tables import consent, customer
from kindred_invitations.domain.guests import Guest

_LAST_WORD = (
    sa.select(consent.c.state)
    .where(
        consent.c.customer_id == customer.c.id,
        consent.c.purpose.in_([ConsentPurpose.INVITATIONS, ConsentPurpose.ALL]),
    )
    .order_by(consent.c.stated_at.desc(), consent.c.purpose)
    .limit(1)
    .scalar_subquery()
)


class PostgresGuests:
    """Guests in one transaction; implements ``Guests``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, customer_id: UUID) -> Guest | None:
        statement = sa.select(customer, _LAST_WORD.label("last_word"))
        found = await self._connection.execute(statement.where(customer.c.id == customer_id))
        row = found.one_or_none()
        if row is None:
            return None
        refused = row.last_word is not None and row.last_word != ConsentState.GRANTED
        if row.profile is None:
            return Guest(active=row.active, refused=refused)
        return _guest(
            CustomerProfile.model_validate(row.profile), active=row.active, refused=refused
        )


def _guest(profile: CustomerProfile, *, active: bool, refused: bool) -> Guest:
    return Guest(
        active=active and profile.active,
        may_be_invited=profile.may_be_invited,
        objected=profile.objected,
        refused=refused,
        open_case=profile.open_case,
        norm_max_value=profile.norm.max_value if profile.norm else None,
        business_only=profile.norm.business_only if profile.norm else False,
        manner=profile.manner,
    )
