"""Wishes as they are kept: with who made them and why, which the engine need not know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from kindred_matching.application.queries import Sight
from kindred_matching.domain.wishes import Wish


@dataclass(frozen=True, slots=True)
class KeptWish:
    """A wish, the reason that was given, and the subject who made it."""

    wish: Wish
    reason: str
    made_by: str


class KeptWishes(Protocol):
    """The wishes, for those who make and read them."""

    async def keep(self, kept: KeptWish) -> None:
        """Keeps a wish in place of what was wished for the pair before; the writer hears of it."""
        ...

    async def end(self, customer_id: UUID, event_id: UUID, at: datetime) -> bool:
        """Ends what was wished for the pair; tells whether there was anything."""
        ...

    async def of_pair(self, customer_id: UUID, event_id: UUID) -> KeptWish | None:
        """What is wished for the pair now."""
        ...

    async def standing(
        self, sight: Sight, after: tuple[UUID, UUID] | None, limit: int
    ) -> Sequence[KeptWish]:
        """The wishes that stand for customers in sight, by customer and event."""
        ...
