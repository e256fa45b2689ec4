"""Customers as guests, from the projections."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_common.contracts.profile import CustomerProfile
from kindred_common.contracts.vocabulary import ConsentPurpose, ConsentState
from kindred_invitations.adapters.tables import consent, customer
from kindred_invitations.domain.guests import Guest

_narrow = consent.alias("narrow")
_broad = consent.alias("broad")
_WELCOME_SINCE = sa.exists().where(
    _narrow.c.customer_id == customer.c.id,
    _narrow.c.purpose == ConsentPurpose.INVITATIONS,
    _narrow.c.state == ConsentState.GRANTED,
    _narrow.c.stated_at > _broad.c.stated_at,
)
_REFUSED = sa.or_(
    sa.exists().where(
        _narrow.c.customer_id == customer.c.id,
        _narrow.c.purpose == ConsentPurpose.INVITATIONS,
        _narrow.c.state != ConsentState.GRANTED,
    ),
    sa.exists().where(
        _broad.c.customer_id == customer.c.id,
        _broad.c.purpose == ConsentPurpose.ALL,
        _broad.c.state != ConsentState.GRANTED,
        ~_WELCOME_SINCE,
    ),
)
"""Invitations were refused, which only a yes to them lifts, or everything was, and no yes to them came since."""


class PostgresGuests:
    """Guests in one transaction; implements ``Guests``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, customer_id: UUID) -> Guest | None:
        statement = sa.select(customer, _REFUSED.label("refused"))
        found = await self._connection.execute(statement.where(customer.c.id == customer_id))
        row = found.one_or_none()
        if row is None:
            return None
        if row.profile is None:
            return Guest(active=row.active, refused=row.refused)
        profile = CustomerProfile.model_validate(row.profile)
        return _guest(profile, active=row.active, refused=row.refused)


def _guest(profile: CustomerProfile, *, active: bool, refused: bool) -> Guest:
    return Guest(
        active=active and profile.active,
        may_be_invited=profile.may_be_invited,
        objected=profile.objected,
        refused=refused,
        open_case=profile.open_case,
        birth_year=profile.birth_year,
        norm_max_value=profile.norm.max_value if profile.norm else None,
        business_only=profile.norm.business_only if profile.norm else False,
        manner=profile.manner,
    )
