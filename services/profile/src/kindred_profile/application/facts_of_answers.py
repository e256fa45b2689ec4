"""What one survey answer states, on our own scales."""

import math
import re
from typing import NotRequired, TypedDict

from kindred_common.contracts.survey import Answer, AnswerKind
from kindred_common.contracts.vocabulary import CompanionWish, EventKind, FactSource, Manner
from kindred_profile.domain.errors import WrongFact
from kindred_profile.domain.evidence import confidence_of
from kindred_profile.domain.facts import FactKind

_CHOICES: dict[str, frozenset[str]] = {
    "manner": frozenset(Manner),
    "companion": frozenset(CompanionWish),
}
_AMOUNTS = frozenset({"max_distance_km", "norm_max_value"})
_YES = frozenset({"yes", "true", "1"})
_THEME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Stated(TypedDict):
    """The part of a fact that the answer alone decides."""

    kind: str
    subject: str
    number: float | None
    choice: NotRequired[str | None]
    confidence: NotRequired[float]


def fact_of_answer(answer: Answer, source: FactSource, place: str) -> Stated:
    """What the answer states; ``place`` names it in complaints.

    Raises:
        WrongFact: it lacks its theme, number or choice, or lies off its scale.
    """
    match answer.kind:
        case AnswerKind.NPS:
            return _recommendation(answer, place)
        case AnswerKind.INTEREST:
            return _interest(answer, source, place)
        case AnswerKind.EVENT_KIND:
            if answer.aspect not in set(EventKind):
                raise WrongFact(f"{place}.aspect", "is no kind of event")
            subject, number = str(answer.aspect), _fraction(answer, place)
            return Stated(kind=FactKind.EVENT_KIND, subject=subject, number=number)
        case AnswerKind.PREFERENCE:
            return _preference(answer, place)


def _recommendation(answer: Answer, place: str) -> Stated:
    number = round(_fraction(answer, place) * 10)
    return Stated(kind=FactKind.NPS, subject="recommendation", number=float(number))


def _interest(answer: Answer, source: FactSource, place: str) -> Stated:
    if answer.theme is None:
        raise WrongFact(f"{place}.theme", "is missing")
    return Stated(
        kind=FactKind.INTEREST,
        subject=answer.theme,
        number=_fraction(answer, place),
        confidence=confidence_of(source.value),
    )


def _preference(answer: Answer, place: str) -> Stated:
    aspect = answer.aspect or ""
    _check_preference(answer, aspect, place)
    subject, number, choice = aspect, answer.number, answer.choice
    if aspect == "norm_business_only":
        number = _truth(answer)
    elif aspect == "excluded_theme":
        subject, number = f"{aspect}/{_theme(answer, place)}", _truth(answer, chosen=True)
    elif aspect == "blocked_weekday":
        subject, number = f"{aspect}/{_weekday(answer, place)}", 1.0
    return Stated(kind=FactKind.PREFERENCE, subject=subject, number=number, choice=choice)


def _check_preference(answer: Answer, aspect: str, place: str) -> None:
    if aspect in _CHOICES and answer.choice not in _CHOICES[aspect]:
        raise WrongFact(f"{place}.choice", "is no answer to this preference")
    if aspect in _AMOUNTS and (answer.number is None or answer.number < 0):
        raise WrongFact(f"{place}.number", "must be 0 or more")


def _truth(answer: Answer, *, chosen: bool = False) -> float:
    """1 for yes, 0 for no; a choice that names its subject says yes by being ``chosen``."""
    if answer.number is not None:
        return 1.0 if answer.number >= 0.5 else 0.0
    if chosen and answer.choice not in ("no", "false", "0"):
        return 1.0
    return 1.0 if answer.choice in _YES else 0.0


def _theme(answer: Answer, place: str) -> str:
    theme = answer.theme or answer.choice or ""
    if not _THEME.fullmatch(theme) or len(theme) > 60:
        raise WrongFact(f"{place}.theme", "is missing or no name of a theme")
    return theme


def _weekday(answer: Answer, place: str) -> int:
    text = str(answer.choice if answer.number is None else int(answer.number))
    if text not in {"0", "1", "2", "3", "4", "5", "6"}:
        raise WrongFact(f"{place}.number", "must be a day from 0 (Monday) to 6")
    return int(text)


def _fraction(answer: Answer, place: str) -> float:
    if answer.number is None:
        raise WrongFact(f"{place}.number", "is missing")
    width = answer.scale_max - answer.scale_min
    if not math.isfinite(width) or width <= 0:
        raise WrongFact(f"{place}.scale_max", "must be more than scale_min")
    if not answer.scale_min <= answer.number <= answer.scale_max:
        raise WrongFact(f"{place}.number", "lies outside its scale")
    return (answer.number - answer.scale_min) / width
