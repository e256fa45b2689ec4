"""How sure a source makes us, and what a reaction to an event says about liking it."""

from datetime import datetime, timedelta

from kindred_profile.domain.facts import REACTIONS, Fact, FactKind

HALF_LIFE = timedelta(days=365)
"""The time in which the confidence in a stated interest halves."""

_CONFIDENCE = {
    "self": 0.9,
    "feedback": 0.6,
    "account_manager": 0.6,
    "import": 0.8,
    "crm": 0.5,
}

# How far a reaction moves a value towards its target: small steps, because going along can have many reasons.
_ACCEPTED = 0.05
_ATTENDED = 0.10
_FEEDBACK = 0.25
_DECLINED = 0.30

MISFIT = "misfit"
"""The choice of a feedback fact by which the guest said that the moment did not suit him, however good it was."""

_MISFIT = 0.2


def confidence_of(source: str) -> float:
    """How sure a statement from this source makes us, 0..1."""
    return _CONFIDENCE.get(source, 0.5)


def decayed(confidence: float, observed_at: datetime, at: datetime) -> float:
    """The confidence that is left at a later moment; it never grows by itself."""
    age = max(timedelta(0), at - observed_at)
    return confidence * float(0.5 ** (age / HALF_LIFE))


def nudge_of(fact: Fact, *, declined_for: str) -> tuple[float, float] | None:
    """Where a reaction pulls the liking of what the event was about (0 or 1, or between), and how hard (0..1).

    A decline says something only when its reason is ``declined_for``.
    """
    if fact.kind not in REACTIONS:
        return None
    if fact.kind == FactKind.ACCEPTED:
        return 1.0, _ACCEPTED
    if fact.kind == FactKind.ATTENDED:
        return 1.0, _ATTENDED
    if fact.kind == FactKind.FEEDBACK and fact.number is not None:
        return (_MISFIT if fact.choice == MISFIT else fact.number), _FEEDBACK
    if fact.kind == FactKind.DECLINED and fact.choice == declined_for:
        return 0.0, _DECLINED
    return None
