"""What the wishes of account managers cost: how much more all matches would be worth without each."""

from dataclasses import dataclass
from uuid import UUID

from kindred_matching.domain.engine import Engine
from kindred_matching.domain.inputs import Input, WishEnded, WishMade
from kindred_matching.domain.what_if import at_its_best, changed, copy_of
from kindred_matching.domain.wishes import Wish


@dataclass(frozen=True, slots=True)
class PriceWishes:
    """Asks what each of these wishes costs, in units of score, whether it stands or is only thought of.

    A price is never below 0: a wish that helps costs nothing.
    """

    wishes: tuple[Wish, ...]

    def asked_of(self, engine: Engine) -> dict[tuple[UUID, UUID], float]:
        present = at_its_best(copy_of(engine)).certificate.value
        prices = {}
        for wish in self.wishes:
            pair = wish.customer_id, wish.event_id
            stands = engine.wishes.of(wish.customer_id).get(wish.event_id) == wish
            change: Input = WishEnded(*pair) if stands else WishMade(wish)
            other = at_its_best(changed(engine, (change,))).certificate.value
            prices[pair] = max(0.0, other - present if stands else present - other)
        return prices
