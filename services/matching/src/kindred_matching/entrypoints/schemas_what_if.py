"""What a what-if question asks and what it is answered."""

from collections.abc import Collection, Sequence
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from kindred_matching.domain.market.market import Certificate
from kindred_matching.domain.what_if import Effect, ListChange, PairOf
from kindred_matching.entrypoints.schemas_changes import CUSTOMER, EVENT, Change

MOST_PAIRS = 200
"""Of the pairs that are gained, and of those that are lost, no more are listed."""


class WhatIfBody(BaseModel):
    """What is supposed, together: each change beside those before it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "changes": [
                        {"change": "seats", "event_id": EVENT, "seats": 40},
                        {"change": "cap", "invitations": 2},
                    ]
                }
            ]
        },
    )

    changes: list[Change] = Field(min_length=1, max_length=20)


class CertificateView(BaseModel):
    """What an allocation is worth, and the proven bound above which none can be."""

    value: float = Field(examples=[512.7])
    bound: float = Field(examples=[513.4])
    gap: float = Field(
        examples=[0.0014],
        description="(bound - value) / (bound - value of fixed pairs): the share that may have been missed of what was left to choose.",
    )

    @classmethod
    def of(cls, found: Certificate) -> "CertificateView":
        return cls(value=found.value, bound=found.bound, gap=found.gap)


class ListChangeView(BaseModel):
    """An event whose list of proposed guests would be another; settled seats are beside these, and stay given."""

    event_id: UUID = Field(examples=[EVENT])
    guests_before: int = Field(examples=[24])
    guests_after: int = Field(examples=[33])
    seats_before: int = Field(examples=[30])
    seats_after: int = Field(examples=[40])
    seats_settled: int = Field(
        examples=[6], description="Given by invitations: approved, sent or accepted."
    )

    @classmethod
    def of(cls, found: ListChange) -> "ListChangeView":
        return cls(
            event_id=found.event_id,
            guests_before=found.guests[0],
            guests_after=found.guests[1],
            seats_before=found.seats[0],
            seats_after=found.seats[1],
            seats_settled=found.settled,
        )


class PairView(BaseModel):
    """A customer and an event."""

    customer_id: UUID = Field(examples=[CUSTOMER])
    event_id: UUID = Field(examples=[EVENT])


class PairsView(BaseModel):
    """Pairs of which you may see the customer, at most 200; `rest` are those you may see beyond that."""

    items: list[PairView]
    rest: int = Field(examples=[0])
    in_all: int = Field(examples=[9], description="With customers whom you may not see.")

    @classmethod
    def of(
        cls, pairs: Sequence[PairOf], visible: Collection[UUID], most: int = MOST_PAIRS
    ) -> "PairsView":
        seen = [pair for pair in pairs if pair[0] in visible]
        shown = seen[:most]
        return cls(
            items=[PairView(customer_id=who, event_id=event) for who, event in shown],
            rest=len(seen) - len(shown),
            in_all=len(pairs),
        )


class EffectView(BaseModel):
    """What the changes would do.

    Both sides got the same work from the same start, the present proposals. `difference` is what it made of them; `at_least` and
    `at_most` are proven for the best that there is on both sides.
    """

    before: CertificateView
    after: CertificateView
    difference: float = Field(examples=[3.1], description="In units of score.")
    at_least: float = Field(examples=[2.8])
    at_most: float = Field(examples=[3.7])
    events: list[ListChangeView]
    gained: PairsView
    lost: PairsView
    unmet: list[int] = Field(
        examples=[[]],
        description="The pins, by their places among the changes, that rules, agenda or seats do not allow.",
    )

    @classmethod
    def of(cls, effect: Effect, visible: Collection[UUID]) -> "EffectView":
        return cls(
            before=CertificateView.of(effect.before),
            after=CertificateView.of(effect.after),
            difference=effect.value,
            at_least=effect.at_least,
            at_most=effect.at_most,
            events=[ListChangeView.of(each) for each in effect.lists],
            gained=PairsView.of(effect.gained, visible),
            lost=PairsView.of(effect.lost, visible),
            unmet=list(effect.unmet),
        )
