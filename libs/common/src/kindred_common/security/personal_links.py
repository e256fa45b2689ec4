"""Links by which customers act without a password: an unguessable token, kept only as its hash."""

import hashlib
import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_common.security.api_keys import Randomness
from kindred_common.security.tables import personal_link

KEPT_AFTER_EXPIRY = timedelta(days=30)
"""How long an expired link is kept, for questions about what was sent."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True, slots=True)
class PersonalLink:
    """What a valid link opens: for one customer one thing, for one purpose.

    ``target_id`` is the thing: a survey wave, an invitation.
    """

    purpose: str
    customer_id: UUID
    target_id: UUID
    expires_at: datetime


class PersonalLinks:
    """The links of one service, read and written in the caller's transaction."""

    def __init__(
        self, connection: AsyncConnection, randomness: Randomness = secrets.token_bytes
    ) -> None:
        self._connection = connection
        self._randomness = randomness

    async def create(
        self,
        purpose: str,
        customer_id: UUID,
        target_id: UUID,
        *,
        expires_at: datetime,
        now: datetime,
    ) -> str:
        """Makes a link and returns its token: 128 random bits in 22 characters, not to be had a second time."""
        token = urlsafe_b64encode(self._randomness(16)).rstrip(b"=").decode()
        await self._connection.execute(
            personal_link.insert().values(
                token_hash=token_hash(token),
                purpose=purpose,
                customer_id=customer_id,
                target_id=target_id,
                expires_at=expires_at,
                created_at=now,
            )
        )
        return token

    async def find(self, token: str, purpose: str, now: datetime) -> PersonalLink | None:
        """What the token opens, or None.

        Unknown, expired, revoked and made for something else look the same: a stranger learns
        nothing from the difference.
        """
        if not _TOKEN.fullmatch(token):
            return None
        found = await self._connection.execute(
            sa.select(personal_link).where(
                personal_link.c.token_hash == token_hash(token),
                personal_link.c.purpose == purpose,
                personal_link.c.expires_at > now,
                personal_link.c.revoked_at.is_(None),
            )
        )
        row = found.one_or_none()
        if row is None:
            return None
        return PersonalLink(row.purpose, row.customer_id, row.target_id, row.expires_at)

    async def revoke(
        self,
        customer_id: UUID,
        now: datetime,
        *,
        purpose: str | None = None,
        target_id: UUID | None = None,
    ) -> int:
        """Ends the customer's links, of one purpose or for one target if given; says how many."""
        ended = sa.update(personal_link).where(
            personal_link.c.customer_id == customer_id, personal_link.c.revoked_at.is_(None)
        )
        if purpose is not None:
            ended = ended.where(personal_link.c.purpose == purpose)
        if target_id is not None:
            ended = ended.where(personal_link.c.target_id == target_id)
        return (await self._connection.execute(ended.values(revoked_at=now))).rowcount

    async def purge(self, now: datetime) -> int:
        """Removes links that expired long ago; says how many."""
        rows = sa.delete(personal_link).where(personal_link.c.expires_at < now - KEPT_AFTER_EXPIRY)
        return (await self._connection.execute(rows)).rowcount

    async def erase(self, customer_id: UUID) -> int:
        """Removes every trace of the customer's links; says how many there were."""
        rows = sa.delete(personal_link).where(personal_link.c.customer_id == customer_id)
        return (await self._connection.execute(rows)).rowcount


def token_hash(token: str) -> bytes:
    """What is kept of a token. Tokens are random, so a plain hash cannot be searched back."""
    return hashlib.sha256(token.encode()).digest()
