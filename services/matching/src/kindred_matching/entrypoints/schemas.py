"""What the API answers."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from kindred_common.contracts.vocabulary import ReasonCode
from kindred_matching.application.queries import EngineReport, Guest, age_seconds, load
from kindred_matching.domain.explanation import Bid, Explanation, Option, Outcome
from kindred_matching.domain.flips import Flip, FlipKind
from kindred_matching.domain.wishes import WishKind
from kindred_matching.entrypoints.wording import Labels, words_of

_CUSTOMER = "0197a2f4-5c00-7d10-8a3e-1f2b3c4d5e6f"
_EVENT = "0197a2f4-6d11-7e21-9b4f-2a3c4d5e6f70"


class GuestView(BaseModel):
    """A customer on the guest list; ``fixed`` guests were approved or invited, the others are proposals."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"customer_id": _CUSTOMER, "seats": 2, "score": 0.61, "fixed": False}]
        }
    )

    customer_id: UUID
    seats: int = Field(description="1, or 2 with a companion.")
    score: float = Field(description="The weight that allocation maximises.")
    fixed: bool

    @classmethod
    def of(cls, guest: Guest) -> "GuestView":
        return cls(
            customer_id=guest.customer_id, seats=guest.seats, score=guest.score, fixed=guest.fixed
        )


class ContributionView(BaseModel):
    """One named part of the log-odds."""

    name: str = Field(examples=["interest:opera"])
    amount: float = Field(examples=[1.25])


class OptionView(BaseModel):
    """One way to come, alone or in company: `score = value * probability * fit`."""

    seats: int = Field(examples=[1])
    score: float = Field(examples=[0.61])
    log_odds: float = Field(examples=[0.55], description="The sum of the contributions, exactly.")
    probability: float = Field(examples=[0.62], description="That the customer accepts.")
    fit: float = Field(examples=[0.81], description="How well the event suits, 0 to 1.")
    value: float = Field(
        examples=[1.2], description="Of the customer to the company; 1 is ordinary."
    )
    contributions: list[ContributionView]

    @classmethod
    def of(cls, option: Option) -> "OptionView":
        return cls(
            seats=option.seats,
            score=option.score,
            log_odds=option.log_odds,
            probability=option.probability,
            fit=option.fit,
            value=option.value,
            contributions=[
                ContributionView(name=part.name, amount=part.amount)
                for part in option.contributions
            ],
        )


class BidView(BaseModel):
    """What the customer offers for a seat and what one costs, in units of score: above its price a seat is taken."""

    bid: float = Field(examples=[0.74])
    price: float | None = Field(
        examples=[0.9], description="0 where there are seats enough; null where there are none."
    )
    charges: float = Field(
        examples=[0.0],
        description="What coming pays beside a seat, where the budget or the account's hospitality is short; not part of the bid.",
    )
    beside: list[UUID] = Field(
        examples=[[]], description="The customer's other events that cannot go with this one."
    )

    @classmethod
    def of(cls, bid: Bid) -> "BidView":
        return cls(bid=bid.bid, price=bid.price, charges=bid.charges, beside=list(bid.beside))


class FlipView(BaseModel):
    """One change that would turn the outcome; what does not belong to its kind is null, or no seats."""

    kind: FlipKind = Field(examples=["more_seats"])
    seats: int = Field(examples=[2], description="How many more or fewer; 0 for other changes.")
    theme: str | None = Field(
        examples=[None], description="Of which an interest would be confirmed or found."
    )
    event_id: UUID | None = Field(
        examples=[None], description="The other event that would not be proposed."
    )
    refusal: ReasonCode | None = Field(examples=[None], description="That would no longer hold.")
    cents: int = Field(examples=[0], description="How much more there would be to spend.")

    @classmethod
    def of(cls, flip: Flip) -> "FlipView":
        return cls(
            kind=flip.kind,
            seats=flip.seats,
            theme=flip.theme,
            event_id=flip.event_id,
            refusal=None if flip.refusal is None else ReasonCode(flip.refusal),
            cents=flip.cents,
        )


class WordsView(BaseModel):
    """The explanation in one to seven sentences, in each language."""

    en: list[str] = Field(
        examples=[
            [
                "Not chosen, though allowed: all seats are taken.",
                "In favour: interest in opera.",
                "A seat costs 0.90 here; this customer offers 0.74.",
                "With 2 more seats this customer would be chosen.",
            ]
        ]
    )
    nl: list[str] = Field(
        examples=[
            [
                "Niet gekozen, al mag het wel: alle plaatsen zijn bezet.",
                "Ervoor pleit: belangstelling voor opera.",
                "Een plaats kost hier 0,90; deze klant biedt 0,74.",
                "Met 2 plaatsen meer zou deze klant worden gekozen.",
            ]
        ]
    )

    @classmethod
    def of(cls, found: Explanation, labels: Labels) -> "WordsView":
        return cls(
            en=list(words_of(found, labels, "en")),
            nl=list(words_of(found, labels, "nl")),
        )


class ExplanationView(BaseModel):
    """Why a customer is, or is not, matched to an event.

    `refusals` are rules that refuse the pair; `obstacles` is what stands in the way of a pair that is allowed: seats, the
    customer's other invitations, agenda or hospitality, his account or the budget. Each of the `flips` alone would turn the outcome.
    """

    customer_id: UUID = Field(examples=[_CUSTOMER])
    event_id: UUID = Field(examples=[_EVENT])
    outcome: Outcome = Field(examples=["candidate"])
    options: list[OptionView]
    refusals: list[ReasonCode] = Field(examples=[[]])
    obstacles: list[ReasonCode] = Field(examples=[["seats"]])
    wish: WishKind | None = Field(
        examples=[None], description="What an account manager wishes for the pair, if anything."
    )
    propensity: float | None = Field(
        examples=[None],
        description="The chance at which the pair was to be drawn, if it was drawn by lot.",
    )
    bid: BidView | None = Field(description="null where there is nothing to offer for.")
    flips: list[FlipView] = Field(description="The easiest first.")
    in_words: WordsView

    @classmethod
    def of(
        cls, customer_id: UUID, event_id: UUID, found: Explanation, labels: Labels
    ) -> "ExplanationView":
        return cls(
            customer_id=customer_id,
            event_id=event_id,
            outcome=found.outcome,
            options=[OptionView.of(option) for option in found.options],
            refusals=[ReasonCode(reason) for reason in found.refusals],
            obstacles=[ReasonCode(reason) for reason in found.obstacles],
            wish=found.wish,
            propensity=found.propensity,
            bid=None if found.bid is None else BidView.of(found.bid),
            flips=[FlipView.of(flip) for flip in found.flips],
            in_words=WordsView.of(found, labels),
        )


class EngineView(BaseModel):
    """The engine in figures. Seats are those of the events on offer."""

    epoch: int = Field(
        examples=[3], description="Rises each time another process becomes the writer."
    )
    journal_position: int = Field(examples=[48211], description="How many inputs were applied.")
    ticked_at: datetime = Field(description="What the engine last heard of the clock.")
    age_seconds: float | None = Field(
        examples=[12.4], description="Since the last input; above two minutes nobody is writing."
    )
    customers: int = Field(examples=[400])
    events: int = Field(examples=[24], description="On offer: open and not begun.")
    seats: int = Field(examples=[960])
    seats_fixed: int = Field(examples=[120])
    seats_chosen: int = Field(examples=[680])
    load: float = Field(
        examples=[0.83], description="Share of the seats that is given or proposed."
    )
    value: float = Field(examples=[512.7], description="Sum of the scores of all proposals.")
    bound: float = Field(
        examples=[513.4], description="Proven: no choice of proposals is worth more."
    )
    gap: float = Field(
        examples=[0.0014],
        description="(bound - value) / (bound - value of fixed pairs): the share that may have been missed of what was left to choose.",
    )
    cap: int = Field(examples=[3], description="Open invitations per customer.")
    model_epoch: int = Field(
        examples=[4], description="Rises when what was learned comes into use."
    )
    scoring_anew: bool = Field(
        examples=[False], description="Whether customers still wait to be scored for it."
    )

    @classmethod
    def of(cls, report: EngineReport, now: datetime) -> "EngineView":
        status = report.status
        return cls(
            epoch=report.epoch,
            journal_position=report.position,
            ticked_at=status.now,
            age_seconds=age_seconds(report, now),
            customers=status.customers,
            events=status.events,
            seats=status.seats,
            seats_fixed=status.seats_fixed,
            seats_chosen=status.seats_chosen,
            load=load(status),
            value=status.value,
            bound=status.bound,
            gap=status.gap,
            cap=report.rules.cap,
            model_epoch=report.model.epochs.number,
            scoring_anew=report.sweeping,
        )
