"""What the API answers about what is on offer."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from kindred_matching.domain.offer import Offered, OnOffer


class OfferedView(BaseModel):
    """An event on offer."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "event_id": "0197a2f4-6d11-7e21-9b4f-2a3c4d5e6f70",
                    "kind": "culture",
                    "starts_at": "2026-04-16T18:00:00Z",
                    "seats": 40,
                    "seats_fixed": 12,
                    "seats_chosen": 28,
                    "price": 0.61,
                }
            ]
        }
    )

    event_id: UUID
    kind: str
    starts_at: datetime
    seats: int
    seats_fixed: int
    seats_chosen: int
    price: float | None = Field(
        description="Of a seat, in units of score: whoever offers less gets none. 0 while seats are left; null without seats."
    )

    @classmethod
    def of(cls, offered: Offered) -> "OfferedView":
        return cls(
            event_id=offered.event_id,
            kind=offered.kind,
            starts_at=offered.starts_at,
            seats=offered.seats,
            seats_fixed=offered.fixed,
            seats_chosen=offered.chosen,
            price=offered.price,
        )


class ShareView(BaseModel):
    """What one account has used up of what it may have: a place at an event, or a euro of hospitality in a year."""

    model_config = ConfigDict(from_attributes=True)

    account_id: UUID
    event_id: UUID | None = Field(description="Null for hospitality.")
    year: int | None = Field(description="Null for a place at an event.")
    price: float = Field(description="In units of score: what one more would be worth about.")


class OfferView(BaseModel):
    """All events on offer, the dearest seats first, and what money and shares of accounts cost."""

    items: list[OfferedView]
    budget_price: float = Field(
        description="Of a euro of the budget, in units of score; 0 where it is not short.",
        examples=[0.004],
    )
    shares: list[ShareView] = Field(
        description="Of accounts, where they cost something: the thousand dearest.", examples=[[]]
    )

    @classmethod
    def of(cls, found: OnOffer) -> "OfferView":
        return cls(
            items=[OfferedView.of(offered) for offered in found.events],
            budget_price=found.budget_price,
            shares=[ShareView.model_validate(share) for share in found.shares],
        )
