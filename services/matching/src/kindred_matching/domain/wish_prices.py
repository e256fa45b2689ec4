"""What the wishes of account managers cost: how much more all matches would be worth without each."""

from dataclasses import dataclass
from uuid import UUID

from kindred_matching.domain.engine import Engine
from kindred_matching.domain.inputs import Input, WishEnded, WishMade
from kindred_matching.domain.wishes import PREFERRED, Wish, WishKind
from kindred_matching.domain.worlds import at_its_best, changed, to_improve


@dataclass(frozen=True, slots=True)
class PriceWishes:
    """Asks what each of these wishes costs, in units of score, whether it stands or is only thought of.

    A price is never below 0: a wish that helps costs nothing. A preference raises the weight of its pair for choosing only: what
    it costs is told at the weights that pairs have by themselves.
    """

    wishes: tuple[Wish, ...]

    def asked_of(self, engine: Engine) -> dict[tuple[UUID, UUID], float]:
        present = _worth(to_improve(engine))
        prices = {}
        for wish in self.wishes:
            pair = wish.customer_id, wish.event_id
            stands = engine.wishes.of(wish.customer_id).get(wish.event_id) == wish
            change: Input = WishEnded(*pair) if stands else WishMade(wish)
            other = _worth(changed(engine, (change,)))
            prices[pair] = max(0.0, other - present if stands else present - other)
        return prices


def _worth(engine: Engine) -> float:
    """What all matches are worth at best, without what preferences add to the weights of theirs."""
    world, raised = at_its_best(engine), 0.0
    for wish in engine.wishes:
        if wish.kind is not WishKind.PREFER:
            continue
        places = engine.places.take(wish.customer_id), engine.table.slots.take(wish.event_id)
        if seats := world.choices.seats_of(*places):
            raised += engine.allocation.weight_of(*places, seats)
    return world.certificate.value - raised * (1 - 1 / PREFERRED)
