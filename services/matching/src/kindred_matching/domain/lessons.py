"""What the replies of one customer have taught of him, beyond what he said and what holds for everybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

THEME, KIND, OPENNESS = "theme:", "kind:", "openness"
"""What a lesson can be about: a theme or a kind by name, or how readily the customer accepts anything at all."""

DAYS, NOVELTY = "day:", "novelty"
"""What all replies together teach beside that: about a day of the week by name, and about what is new to a customer."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was learned of one subject; it fades from ``at``.

    ``mean`` is what the subject adds to the log-odds of an event that is all about it; ``evidence`` the precision (inverse
    variance) that his replies have added.
    """

    subject: str
    mean: float
    evidence: float
    at: datetime


Lessons = Sequence[Lesson]
"""One customer's, by subject."""
