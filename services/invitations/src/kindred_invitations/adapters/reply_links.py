"""Personal links to the page on which guests reply."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_common.clock import Clock
from kindred_common.security.personal_links import PersonalLinks
from kindred_common.security.tables import personal_link
from kindred_invitations.adapters.tables import invitation as invitation_table
from kindred_invitations.domain.invitation import Invitation

PURPOSE = "reply"
PATH = "/r/"


class ReplyLinks:
    """Links in one transaction; implements ``Links``. ``pages`` is the address that links begin with."""

    def __init__(self, connection: AsyncConnection, clock: Clock, pages: str) -> None:
        self._connection = connection
        self._links = PersonalLinks(connection)
        self._clock = clock
        self._pages = pages

    async def create(self, invitation: Invitation, expires_at: datetime) -> str:
        token = await self._links.create(
            PURPOSE,
            invitation.customer_id,
            invitation.id,
            expires_at=expires_at,
            now=self._clock.now(),
        )
        return f"{self._pages}{PATH}{token}"

    async def extend(self, event_id: UUID, expires_at: datetime) -> None:
        guests = sa.select(invitation_table.c.id).where(invitation_table.c.event_id == event_id)
        longer = sa.update(personal_link).where(
            personal_link.c.purpose == PURPOSE,
            personal_link.c.target_id.in_(guests),
            personal_link.c.expires_at < expires_at,
        )
        await self._connection.execute(longer.values(expires_at=expires_at))

    async def opened_by(self, token: str) -> UUID | None:
        """The invitation that a token opens, or None."""
        link = await self._links.find(token, PURPOSE, self._clock.now())
        return None if link is None else link.target_id
