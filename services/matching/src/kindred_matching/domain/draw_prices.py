"""What the lots that stand cost: how much more all matches would be worth without them."""

from dataclasses import dataclass

from kindred_matching.domain.engine import Engine
from kindred_matching.domain.inputs import RematchAsked
from kindred_matching.domain.worlds import at_its_best, copy_of, happen, to_improve


@dataclass(frozen=True, slots=True)
class DrawsPriced:
    """So many draws stand, and cost so much together, in units of score."""

    standing: int
    cost: float


@dataclass(frozen=True, slots=True)
class PriceDraws:
    """Asks what the draws that stand cost together; never below 0."""

    def asked_of(self, engine: Engine) -> DrawsPriced:
        standing = [draw.customer_id for draw in engine.draws]
        if not standing:
            return DrawsPriced(0, 0.0)
        present, without = to_improve(engine), copy_of(engine)
        for customer_id in standing:
            without.draws.end(customer_id)
        happen(without, map(RematchAsked, standing))
        cost = at_its_best(without).certificate.value - at_its_best(present).certificate.value
        return DrawsPriced(len(standing), max(0.0, cost))
